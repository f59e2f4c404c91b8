"""The integration guide cannot drift: what it shows is held to the real models and commands, its links to files."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import JsonValue

from moderation.commands.program import program
from moderation.demo import callbacks
from moderation.web.webhook.payloads import EVENT, Batch
from moderation.web.webhook.responses import Accepted, BatchAnswer, DecisionsAnswer

GUIDE = Path(__file__).parents[2] / "docs" / "integrate.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS: list[dict[str, JsonValue]] = [json.loads(found) for found in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
EVENTS = [block for block in BLOCKS if block.get("type") not in {None, *callbacks.KNOWN_TYPES, *callbacks.ASIDE_TYPES}]
COMMANDS = re.findall(r"^python -m moderation (.+)$", TEXT.replace("\\\n", " "), re.MULTILINE)


def _only(key: str) -> dict[str, JsonValue]:
    (found,) = [block for block in BLOCKS if key in block]
    return found


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["type"])
def test_every_event_of_the_guide_is_one_that_the_webhook_takes(event: dict[str, JsonValue]) -> None:
    assert EVENT.validate_python(event).type == event["type"]


def test_the_guide_shows_every_type_of_event() -> None:
    assert {event["type"] for event in EVENTS} == {
        "comment.created",
        "comment.edited",
        "comment.deleted",
        "comment.reported",
        "comment.moderated",
    }


def test_the_batch_of_the_guide_is_taken() -> None:
    assert len(Batch.model_validate(_only("events")).events) == 2


def test_the_answers_of_the_guide_have_the_form_of_the_services_own() -> None:
    assert Accepted.model_validate(_only("status_url")).comment_id == "48213"
    assert [result.status for result in BatchAnswer.model_validate(_only("results")).results] == [202, 409]
    assert DecisionsAnswer.model_validate(_only("decisions")).more is False


def test_the_callback_of_the_guide_is_one_that_a_receiver_understands() -> None:
    (shown,) = [block for block in BLOCKS if block.get("type") in callbacks.KNOWN_TYPES]
    callback = callbacks.parse(json.dumps(shown).encode())

    assert callback is not None
    assert callback.data.model_extra is not None
    assert set(callback.data.model_extra) == {"id", "decision_id", "decided_at"}


def test_the_act_on_an_author_of_the_guide_has_the_fields_of_a_real_one() -> None:
    (shown,) = [block for block in BLOCKS if block.get("type") in callbacks.ASIDE_TYPES]
    callback = callbacks.parse(json.dumps(shown).encode())

    assert isinstance(callback, callbacks.AsideCallback)
    assert set(callback.data.model_extra or {}) == {"decided_at"}
    assert callbacks.aside_line(callback).startswith("author.sanctioned  author reader-1 v3  suspended")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_has_the_options_that_it_shows(command: str) -> None:
    """Help is shown only where each option before it is known."""
    result = CliRunner().invoke(program, [*shlex.split(command), "--help"])

    assert (result.exit_code, result.output[:6]) == (0, "Usage:")


def test_the_guide_shows_how_to_enrol_and_how_to_change_secrets() -> None:
    assert {" ".join(shlex.split(command)[:2]) for command in COMMANDS} == {
        "enrol site",
        "sites callback",
        "secrets rotate",
        "enrol key",
    }


def test_every_file_that_the_guide_links_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", TEXT)

    assert len(links) >= 5
    assert [link for link in links if not (GUIDE.parent / link).is_file()] == []
