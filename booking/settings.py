"""Settings: the only file that reads the environment (prefix `BOOKING_`)."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent


def default_database_url() -> str:
    """An SQLite file under the user's data directory."""
    return f"sqlite:///{user_data_path('booking') / 'booking.sqlite3'}"


def files_beside(database_url: str) -> Path:
    """Where the files of a database lie unless said otherwise: beside an SQLite file, under its
    name; those of any other database under the name of that, in the user's data directory.
    """
    name = urlsplit(database_url).path.removeprefix("/")
    if database_url.startswith("sqlite") and name and name != ":memory:":
        return Path(name).with_suffix(".files")
    return user_data_path("booking") / f"{name or 'booking'}.files"


class Settings(BaseSettings):
    """What differs between one installation and another; `booking --help` lists it."""

    model_config = SettingsConfigDict(env_prefix="BOOKING_", extra="ignore")

    database_url: str = Field(
        default_factory=default_database_url, description="sqlite:///FILE or postgresql://…"
    )
    read_url: str | None = Field(
        default=None, description="a read replica for catalogue and reports (PostgreSQL)"
    )
    files: Path | None = Field(
        default=None,
        description="directory of uploaded files; hosts that share a database share it too "
        "(default: beside the SQLite file, else in the user's data directory)",
    )
    scan_command: str = Field(
        default="", description="virus scanner: gets a file's path, exit code 0 says clean"
    )
    secret_key: SecretStr | None = Field(
        default=None, description="signs what leaves the house; required outside `demo`"
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="the address people reach the centre at"
    )
    secure_cookies: bool = Field(default=False, description="set behind https")
    require_second_factor: bool = Field(
        default=False, description="finance and administrators of the centre must have one"
    )
    session_hours: int = Field(default=12, ge=1, description="a sign-in lasts this long")
    mail_url: SecretStr | None = Field(
        default=None,
        description="smtp://USER:PASSWORD@HOST:587, smtps://… or file:///FOLDER for letters",
    )
    mail_from: str = Field(
        default="booking@localhost.invalid", description="the address letters come from"
    )
    webhook_networks: str = Field(
        default="",
        description="private networks that webhooks may be sent to all the same, commas",
    )
    webhook_http: bool = Field(default=False, description="webhooks without TLS may be registered")
    oidc_issuer: str | None = Field(
        default=None, description="sign-in by an OpenID Connect provider: its issuer; off without"
    )
    oidc_client_id: str = Field(default="", description="who we are to that provider")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="what proves it; none for a public client"
    )
    oidc_label: str = Field(default="", description="what its button says")
    oidc_strong_acr: str = Field(
        default="", description="values of `acr` that mean two factors, apart by blanks"
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="whose X-Forwarded-For and -Proto are believed: addresses, networks, commas",
    )
    analytics_folder: Path | None = Field(
        default=None, description="where the fact tables are delivered every night; off without"
    )
    open_data_licence: str = Field(
        default="", description="the licence that open figures are published under, as its name"
    )
    rate_limits: Literal["on", "off"] = Field(default="on", description="off for load tests")
    password_cost: Literal["recommended", "cheapest"] = Field(
        default="recommended", description="`cheapest` is for tests and demo data only"
    )
    development: bool = Field(default=False, description="shows /styleguide")
    log_level: str = Field(default="INFO")
    templates: Path = REPOSITORY / "templates"
    static: Path = REPOSITORY / "static"
    seed: Path = REPOSITORY / "seed"

    @property
    def writes_letters(self) -> bool:
        """Whether anything can be sent to anybody by e-mail."""
        return self.mail_url is not None

    @property
    def signing_key(self) -> str:
        """What signs links; letters cannot be written without it."""
        if self.secret_key is None:
            raise RuntimeError("BOOKING_SECRET_KEY is required")
        return self.secret_key.get_secret_value()
