"""Makers for tests of the outbox: a site that hears callbacks, and callbacks to it."""

import json
from datetime import datetime

from sqlalchemy import insert, select, update

from moderation import signing
from moderation.domain.vocabulary import CallbackType, SecretPurpose
from moderation.store import callbacks
from moderation.store.callbacks import NewCallback
from moderation.store.schema import Callback, CallbackAttempt, Comment, Endpoint, Secret
from tests.factories import NOW, World
from tests.moderation.receivers import Receiver, Request


def make_secret(world: World, site_id: int, *, valid_to: datetime | None = None) -> str:
    secret = signing.new_secret()
    with world.work() as unit:
        unit.connection.execute(
            insert(Secret).values(
                site_id=site_id,
                purpose=SecretPurpose.CALLBACK.value,
                ciphertext=world.runtime.vault.encrypt(secret),
                valid_to=valid_to,
            )
        )
    return secret


def row_id_of(world: World, site_id: int, ext_id: str = "c1") -> int:
    with world.runtime.reading() as connection:
        return connection.execute(
            select(Comment.id).where(Comment.site_id == site_id, Comment.ext_id == ext_id)
        ).scalar_one()


def make_callbacks(world: World, site_id: int, *, count: int = 1, due_at: datetime = NOW) -> list[int]:
    """So many callbacks, each about a comment of its own, told apart by their versions; returns their ids."""
    world.make_comment(site_id, f"c{site_id}")
    for version in range(2, count + 1):
        world.make_comment(site_id, f"c{site_id}-{version}")
    new = [
        _new_callback(world, site_id, f"c{site_id}" if version == 1 else f"c{site_id}-{version}", version, due_at)
        for version in range(1, count + 1)
    ]
    return insert_callbacks(world, site_id, new)


def insert_callbacks(world: World, site_id: int, new: list[NewCallback]) -> list[int]:
    with world.work() as unit:
        callbacks.insert_many(unit.connection, new)
        rows = unit.connection.execute(select(Callback.id).where(Callback.site_id == site_id).order_by(Callback.id))
        return list(rows.scalars())


def make_versions(world: World, site_id: int, *, count: int, due_at: datetime = NOW) -> list[int]:
    """Callbacks about one comment, version by version; returns their ids."""
    world.make_comment(site_id)
    return insert_callbacks(world, site_id, [_new_callback(world, site_id, "c1", n + 1, due_at) for n in range(count)])


def _new_callback(world: World, site_id: int, ext_id: str, version: int, due_at: datetime) -> NewCallback:
    return NewCallback(
        site_id=site_id,
        comment_id=row_id_of(world, site_id, ext_id),
        decision_id=None,
        type=CallbackType.DECIDED,
        version=version,
        payload={"comment_id": ext_id, "version": version, "labels": [], "note": "বাংলা"},
        due_at=due_at,
    )


def make_hearing_site(world: World, url: str, slug: str = "khobor") -> tuple[int, str]:
    """A site with one endpoint and one callback secret."""
    site_id = world.make_site(slug)
    world.make_endpoint(site_id, url)
    return site_id, make_secret(world, site_id)


def callback(world: World, callback_id: int) -> Callback:
    with world.runtime.reading() as connection:
        row = connection.execute(select(Callback.__table__).where(Callback.id == callback_id)).one()
    return Callback(**row._mapping)


def endpoint(world: World, site_id: int) -> Endpoint:
    with world.runtime.reading() as connection:
        row = connection.execute(select(Endpoint.__table__).where(Endpoint.site_id == site_id)).one()
    return Endpoint(**row._mapping)


def attempts(world: World, callback_id: int) -> list[tuple[int | None, str | None]]:
    with world.runtime.reading() as connection:
        rows = connection.execute(
            select(CallbackAttempt.status, CallbackAttempt.code)
            .where(CallbackAttempt.callback_id == callback_id)
            .order_by(CallbackAttempt.id)
        )
        return [(status, code) for status, code in rows]


def spend_attempts(world: World, callback_id: int, made: int) -> None:
    with world.work() as unit:
        unit.connection.execute(update(Callback).where(Callback.id == callback_id).values(attempts=made))


def heard(receiver: Receiver) -> list[int]:
    """The versions that arrived, in order of arrival."""
    return [json.loads(request.body)["data"]["version"] for request in receiver.got]


def verified(request: Request, secrets: list[str], now: datetime) -> str:
    """The webhook id of a message that one of the secrets signed."""
    return signing.verify(request.body, request.headers, secrets, now).webhook_id
