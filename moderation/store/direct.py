"""One statement handed to the driver itself, for the hot path.

SQLAlchemy's own work on a statement that is always the same costs as much processor time as all the rest of storing a
comment (docs/performance.md). Its connection, its pool and its errors stay.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def fetch_one(connection: Connection, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row that ``statement`` returns, whose parameters are written as ``%(name)s``.

    Raises SQLAlchemy's errors. Where the connection was lost, the pool begins anew, as SQLAlchemy itself has it: a
    server that ended one connection has mostly ended all.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the only driver there is
    try:
        row: tuple[Any, ...] | None = driver.execute(statement, values).fetchone()
    except psycopg.Error as error:
        lost = driver.closed
        if lost:
            connection.invalidate(error)
            connection.engine.dispose()
        # Neither statement nor values: they would bring a comment's text into the log.
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost
        ) from error
    assert row is not None  # noqa: S101 - a statement that always returns one
    return row
