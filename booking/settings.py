"""Settings: the only file that reads the environment (prefix `BOOKING_`)."""

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent


def default_database_url() -> str:
    """An SQLite file under the user's data directory."""
    return f"sqlite:///{user_data_path('booking') / 'booking.sqlite3'}"


class Settings(BaseSettings):
    """What differs between one installation and another; `booking --help` lists it."""

    model_config = SettingsConfigDict(env_prefix="BOOKING_", extra="ignore")

    database_url: str = Field(
        default_factory=default_database_url, description="sqlite:///FILE or postgresql://…"
    )
    read_url: str | None = Field(
        default=None, description="a read replica for catalogue and reports (PostgreSQL)"
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
    rate_limits: Literal["on", "off"] = Field(default="on", description="off for load tests")
    password_cost: Literal["recommended", "cheapest"] = Field(
        default="recommended", description="`cheapest` is for tests and demo data only"
    )
    development: bool = Field(default=False, description="shows /styleguide")
    log_level: str = Field(default="INFO")
    templates: Path = REPOSITORY / "templates"
    static: Path = REPOSITORY / "static"
    seed: Path = REPOSITORY / "seed"
