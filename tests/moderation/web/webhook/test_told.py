"""What is put into the outbox has the very form that the description of the callbacks promises."""

from typing import Any

from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy import select

from moderation.domain.vocabulary import CallbackType, Label, Role, Verdict
from moderation.steps import deciding, sanctioning, tending
from moderation.steps.sanctioning import Acting
from moderation.store.schema import Author, Callback, Story
from moderation.web.webhook import told
from tests.factories import NOW, World

_MODELS: dict[str, type[BaseModel]] = {
    CallbackType.HELD: told.CommentCallback,
    CallbackType.DECIDED: told.CommentCallback,
    CallbackType.STORY_CLOSED: told.StoryCallback,
    CallbackType.STORY_REOPENED: told.StoryCallback,
    CallbackType.AUTHOR_SANCTIONED: told.AuthorCallback,
}


def _all_acts(world: World) -> None:
    site_id = world.make_site()
    world.make_endpoint(site_id)
    held = world.make_held(site_id, "c1")
    editor = world.make_moderator(role=Role.EDITOR)
    judgement = deciding.Judgement(editor, Role.EDITOR, Verdict.REJECT, (Label.THREAT,))
    deciding.decide(world.work, judgement, deciding.Seen(held, 1, 1), undo_seconds=20, now=NOW)
    with world.runtime.reading() as connection:
        author_id = connection.execute(select(Author.id)).scalar_one()
        story_id = connection.execute(select(Story.id)).scalar_one()
    tending.close(world.work, story_id, by="x", role=Role.EDITOR, now=NOW)
    tending.reopen(world.work, story_id, by="x", role=Role.EDITOR, now=NOW)
    acting = [Acting(editor, Role.EDITOR, version) for version in range(4)]
    sanctioning.warn(world.work, author_id, acting[0], notice="y", reason="x", now=NOW)
    sanctioning.suspend(world.work, author_id, acting[1], days=1, typed_name="a1", reason="x", now=NOW)
    sanctioning.ban(world.work, author_id, acting[2], typed_name="a1", reason="x", now=NOW)
    sanctioning.lift(world.work, author_id, acting[3], now=NOW)


def test_every_type_of_callback_has_the_form_that_is_described(world: World) -> None:
    _all_acts(world)
    with world.runtime.reading() as connection:
        rows = connection.execute(select(Callback.type, Callback.payload, Callback.created_at)).all()
    assert {row.type for row in rows} == set(CallbackType)
    for row in rows:
        document = {"type": row.type, "timestamp": row.created_at, "data": row.payload}
        _MODELS[row.type].model_validate(document)


def test_the_description_names_every_type_of_callback(client: FlaskClient) -> None:
    described: Any = client.get("/openapi.json").json
    named = set()
    for one in described["webhooks"].values():
        form = one["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        kind = described["components"]["schemas"][form]["properties"]["type"]
        named |= set(kind.get("enum", [kind.get("const")]))
    assert named == set(CallbackType)
