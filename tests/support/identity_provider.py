"""A provider of identities that tests run themselves: OpenID Connect on loopback, code with PKCE.

What it says and how it signs can be spoilt, one thing at a time.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.support.clock import FrozenClock
from tests.support.serving import in_a_thread

CLIENT, SECRET = "instrument-booking", "a secret between two houses"


@dataclass
class IdentityProvider:
    """Whom it knows, and what it would say about them."""

    clock: FrozenClock
    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: RSAKey | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    granted: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets_told: list[str] = field(default_factory=list)

    def knows(self, email: str, *, subject: str = "s-1", verified: object = True) -> None:
        """Who answers at its sign-in page from now on."""
        self.claims = {"sub": subject, "email": email, "email_verified": verified}

    def granting(self, asked: dict[str, str]) -> str:
        """Whoever is there agrees: the address to go back to."""
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.granted[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{back}"

    def token_for(self, request: Request, told: dict[str, str]) -> dict[str, str] | None:
        """What a code is worth, once, to who asked for it."""
        asked = self.granted.pop(told.get("code", ""), None)
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        ours = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            asked is None
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != proved
            or asked["redirect_uri"] != told.get("redirect_uri")
            or request.headers.get("authorization") not in {f"Basic {ours}", f"Basic {plain}"}
        ):
            return None
        access = secrets.token_urlsafe(16)
        identity = self._signed(asked["nonce"])
        self.secrets_told += [access, identity, told["code_verifier"]]
        return {"access_token": access, "token_type": "Bearer", "id_token": identity}

    def _signed(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        standing = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = {**standing, "nonce": nonce, **self.claims}
        if self.algorithm == "none":
            head, body = ({"alg": "none"}, claims)
            return ".".join([*(_packed(part) for part in (head, body)), ""])
        if self.algorithm == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key or _KEY)

    def application(self) -> FastAPI:
        """Its doors."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, Any]:
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                **self.metadata,
            }

        @app.get("/jwks")
        def jwks() -> dict[str, Any]:
            return {"keys": [{**_KEY.as_dict(private=False), "kid": "one", "use": "sig"}]}

        @app.get("/authorize")
        def authorize(request: Request) -> Response:
            return RedirectResponse(self.granting(dict(request.query_params)), 302)

        @app.post("/token")
        def token(
            request: Request,
            code: Annotated[str, Form()] = "",
            redirect_uri: Annotated[str, Form()] = "",
            code_verifier: Annotated[str, Form()] = "",
        ) -> Response:
            told = {"code": code, "redirect_uri": redirect_uri, "code_verifier": code_verifier}
            answer = self.token_for(request, told)
            if answer is None:
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse(answer)

        @app.get("/userinfo")
        def userinfo() -> dict[str, Any]:
            return self.userinfo

        return app


@contextmanager
def identity_provider(clock: FrozenClock) -> Iterator[IdentityProvider]:
    """One that answers until the block ends."""
    made = IdentityProvider(clock)
    with in_a_thread(made.application()) as address:
        made.address = address
        yield made


def _packed(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


# Making one takes longer than a test.
_KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
