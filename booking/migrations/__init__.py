"""Alembic, configured in code: there is no ini file.

Migrations are data about tables at one moment; revision files import nothing but `booking.db`.
"""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine


def configuration(engine: Engine | None = None) -> Config:
    """Alembic's configuration for this package, bound to an engine where one is given."""
    config = Config()
    config.set_main_option("script_location", "booking:migrations")
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision, upwards."""
    command.upgrade(configuration(engine), revision)


def unmigrate(engine: Engine, revision: str = "base") -> None:
    """Bring a database down to a revision."""
    command.downgrade(configuration(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether a database stands at the newest revision."""
    heads = ScriptDirectory.from_config(configuration()).get_heads()
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)
