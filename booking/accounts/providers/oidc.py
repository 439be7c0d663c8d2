"""Signing in by a provider that speaks OpenID Connect: discovery, code with PKCE, state, nonce.

The provider's word counts when its signature, issuer, audience, time and nonce hold, and only then.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final

from authlib.common.errors import AuthlibBaseError

# httpx2 where it is installed, else httpx: whichever Authlib speaks through raises its own errors.
from authlib.integrations.httpx_client._compat import httpx2 as transport
from authlib.integrations.starlette_client import OAuth
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from booking.accounts.errors import ProviderAway, ProviderRefused
from booking.accounts.providers.sealing import Seal
from booking.settings import Settings

# Between leaving for the provider and coming back.
HANDSHAKE_FOR: Final = timedelta(minutes=10)
_PURPOSE: Final = "handshake with the identity provider"
# A cookie holds four kilobytes, sealed.
_LONGEST_WAY: Final = 2000
_LEEWAY_SECONDS: Final = 60
_TIMEOUT_SECONDS: Final = 10
# Signatures that only the provider can make: not `none`, and no secret that we share with it.
_SIGNATURES: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVES: Final = ("ES256", "ES384", "ES512", "EdDSA", "Ed25519")
# What a provider that is not one may answer with.
_NONSENSE: Final = (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, RuntimeError)

_log = logging.getLogger("booking.accounts")
# It would write the verifier of PKCE down.
logging.getLogger("authlib").setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider says about whoever came back."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    strong: bool
    next: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what it keeps meanwhile, sealed."""

    address: str
    handshake: str


class Provider:
    """The one provider of this centre."""

    def __init__(self, settings: Settings, issuer: str) -> None:
        secret = settings.oidc_client_secret
        self.label = settings.oidc_label
        self._issuer = issuer
        self._client_id = settings.oidc_client_id
        self._strong_acr = frozenset(settings.oidc_strong_acr.split())
        self._callback = settings.public_url.rstrip("/") + "/sign-in/provider/callback"
        self._app = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
                "timeout": _TIMEOUT_SECONDS,
                # Reading the authorities takes a quarter of a second, and there are four requests.
                "verify": transport.create_ssl_context(),
            },
        )

    async def departure(self, target: str, *, seal: Seal, now: datetime) -> Departure:
        """To the provider, and back within ten minutes in this same browser."""
        try:
            await self._discovered()
            leaving = await self._app.create_authorization_url(self._callback)
        except transport.HTTPError as away:
            raise self._away(away) from away
        except _NONSENSE as nonsense:
            raise self._refused(nonsense) from nonsense
        kept = {name: leaving[name] for name in ("state", "nonce", "code_verifier")}
        kept["next"] = target if len(target) <= _LONGEST_WAY else ""
        return Departure(leaving["url"], seal.sealed(json.dumps(kept), purpose=_PURPOSE, now=now))

    async def arrival(
        self, query: Mapping[str, str], handshake: str, *, seal: Seal, now: datetime
    ) -> Told:
        """What the provider says, once everything about it holds."""
        opened = seal.opened(handshake, purpose=_PURPOSE, now=now, within=HANDSHAKE_FOR)
        if opened is None:
            raise ProviderRefused
        kept, state = json.loads(opened), query.get("state", "")
        if not compare_digest(state.encode(), kept["state"].encode()) or not query.get("code"):
            raise ProviderRefused
        try:
            claims = await self._claims(query["code"], kept, now=now)
            return self._told(claims, kept["next"])
        except transport.HTTPError as away:
            raise self._away(away) from away
        except _NONSENSE as nonsense:
            raise self._refused(nonsense) from nonsense

    async def _claims(self, code: str, kept: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
        await self._discovered()
        token = await self._app.fetch_access_token(
            redirect_uri=self._callback, code=code, code_verifier=kept["code_verifier"]
        )
        believed = await self._app.parse_id_token(
            token,
            nonce=kept["nonce"],
            claims_options={
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
            },
            claims_cls=_judged(now, token.get("access_token")),
            leeway=_LEEWAY_SECONDS,
        )
        claims = dict(believed or {})
        if "email" not in claims and "userinfo_endpoint" in self._app.server_metadata:
            more = await self._app.userinfo(token=token)
            if more["sub"] != claims["sub"]:
                raise ValueError("somebody else's particulars")
            claims = {**more, **claims}
        return claims

    async def _discovered(self) -> None:
        """Read what the provider says about itself, and believe no more of it than is safe."""
        metadata = await self._app.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            metadata.clear()
            raise ValueError("another issuer")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [
            name for name in offered if name in {*_SIGNATURES, *_CURVES}
        ] or ["RS256"]

    def _told(self, claims: Mapping[str, Any], target: str) -> Told:
        subject, email = claims["sub"], claims.get("email", "")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ValueError("no subject")
        return Told(
            issuer=self._issuer,
            subject=subject,
            email=email if isinstance(email, str) else "",
            email_verified=claims.get("email_verified") is True,
            strong="mfa" in (claims.get("amr") or ()) or claims.get("acr") in self._strong_acr,
            next=target,
        )

    def _away(self, error: Exception) -> ProviderAway:
        _log.warning("the identity provider does not answer: %s", type(error).__name__)
        return ProviderAway()

    def _refused(self, error: Exception) -> ProviderRefused:
        _log.warning("the identity provider is not believed: %s", type(error).__name__)
        return ProviderRefused()


def provider_of(settings: Settings) -> Provider | None:
    """The provider that is configured, if there is one."""
    return Provider(settings, settings.oidc_issuer) if settings.oidc_issuer else None


def _judged(moment: datetime, access_token: str | None) -> type[CodeIDToken]:
    """The rules for what the provider signed, at our own clock."""

    class Claims(CodeIDToken):  # type: ignore[misc]  # published without types
        def validate(self, now: int | None = None, leeway: int = 0) -> None:  # noqa: ARG002
            self.params["access_token"] = access_token
            super().validate(int(moment.timestamp()), leeway)

    return Claims
