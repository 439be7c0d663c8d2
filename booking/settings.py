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
    session_hours: int = Field(default=12, ge=1, description="a sign-in lasts this long")
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="whose X-Forwarded-For and -Proto are believed: addresses, networks, commas",
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
