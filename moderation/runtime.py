"""The composition root: the one place where engine, broker, classifier and callback client are built."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from celery import Celery
from psycopg import OperationalError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from moderation.addresses import AllowList
from moderation.broker import Broker, celery_app
from moderation.callback_client import CallbackClient
from moderation.drawing.draughtsman import Draughtsman
from moderation.live_classifier import LiveClassifier
from moderation.mail_client import MailClient
from moderation.settings import Settings, SettingsError
from moderation.store import bundles
from moderation.store.unit_of_work import Work, work_on
from moderation.vault import Vault

_TRUSTED_FOR: Final = 2.0
"""Seconds after its last use in which a connection is taken for alive."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that entry points hand to the steps."""

    settings: Settings
    engine: Engine
    work: Work
    celery: Celery
    broker: Broker
    vault: Vault
    live: LiveClassifier
    shadow: LiveClassifier
    allow: AllowList
    callback_client: CallbackClient
    mail_client: MailClient | None
    draughtsman: Draughtsman
    now: Callable[[], datetime]

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for reading; what is written on it is rolled back."""
        return self.engine.connect()

    def after_fork(self) -> None:
        """Forgets the connections that a child inherited, without closing them under the parent."""
        self.engine.dispose(close=False)


def make_engine(database_url: str) -> Engine:
    """The pool of connections, each with limits after which PostgreSQL itself ends a stuck statement.

    A connection that lay idle is asked for a sign of life before use. One that was used a moment ago is not: that
    round trip showed in the ingest benchmark, and whoever meets a server that has just gone gets a 503 and comes again.
    """
    engine = create_engine(
        database_url,
        hide_parameters=True,  # else an SQL error would write a comment's text into the log
        pool_use_lifo=True,  # the connections used last are those whose statements are prepared
        pool_recycle=1800,
        pool_timeout=5,
        pool_size=10,
        max_overflow=10,
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s",
        },
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_if_idle)
    return engine


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_if_idle(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Raises DisconnectionError for a dead connection, on which the pool connects anew."""
    used_at = record.info.get("used_at")
    if used_at is None or time.monotonic() - used_at < _TRUSTED_FOR:
        return
    try:
        connection.cursor().execute("SELECT 1")
        connection.rollback()
    except OperationalError as error:
        raise DisconnectionError(str(error)) from error


def build_runtime(settings: Settings, *, socket_timeout: float = 2.0) -> Runtime:
    """Builds what the settings describe; nothing is connected yet.

    ``socket_timeout`` is the broker's, in seconds: 2 in a web process, longer in a worker, whose reads block.
    """
    if settings.database_url is None or settings.redis_url is None:
        raise SettingsError(
            "DATABASE_URL and REDIS_URL are not set: run `make run`, which brings its own, or set both."
        )
    engine = make_engine(settings.database_url)
    celery = celery_app(settings.redis_url, socket_timeout=socket_timeout)
    broker = Broker(celery)
    allow = AllowList.parse(settings.callback_allow)

    def read_promoted(known_digest: str | None) -> bundles.Promoted | None:
        with engine.connect() as connection:
            return bundles.promoted(connection, known_digest)

    def read_shadow(known_digest: str | None) -> bundles.Promoted | None:
        with engine.connect() as connection:
            return bundles.shadow(connection, known_digest)

    return Runtime(
        settings=settings,
        engine=engine,
        work=work_on(engine, broker.publish),
        celery=celery,
        broker=broker,
        vault=Vault(settings.secret_keys),
        live=LiveClassifier(read_promoted),
        shadow=LiveClassifier(read_shadow),
        allow=allow,
        callback_client=CallbackClient(allow),
        mail_client=MailClient(settings.smtp) if settings.smtp else None,
        draughtsman=Draughtsman(),
        now=lambda: datetime.now(UTC),
    )
