"""The schema's history: Alembic, configured in code, one line of revisions."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_FOLDER = Path(__file__).parent


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> list[str]:
    """Brings the schema to the newest revision, in one transaction; two at once wait for each other.

    Returns a line for each revision that was applied, in order.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7232010)")
        before = _revision(connection)
        command.upgrade(alembic_config(connection), "head")
    scripts = ScriptDirectory.from_config(alembic_config())
    applied = [
        f"{script.revision}: {' '.join(script.doc.split())}"
        for script in scripts.iterate_revisions("heads", before or "base")
    ]
    return applied[::-1]


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest revision that this code knows."""
    return _revision(connection) == _head()


@cache
def _head() -> str | None:
    """Read once: finding it means reading every revision's file."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def _revision(connection: Connection) -> str | None:
    """Asked of the table itself: Alembic's own way logs two lines, and a balancer asks every few seconds."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
