"""A command that a document or a message tells people to type exists, with those options and that many arguments."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from classifiers.__main__ import main as classifiers_program
from moderation.commands.program import program
from tests.guards.repository import ROOT, documents, modules

PROGRAMS = {"moderation": program, "classifiers": classifiers_program}
_QUOTED = re.compile(r"python -m (moderation|classifiers)(?![.\w])((?: (?:[^`\n\\|>]|\\\n)*)?)")
_TARGET = re.compile(r"(?:`|^ +|^)(?:\w+=\S+ )*make ([a-z]+)\b(?=[^`\n]*`|\s|$)", re.MULTILINE)
_IN_MESSAGE = re.compile(r"python -m (moderation|classifiers)((?: [a-z][a-z-]*)+)")


def _quoted() -> Iterator[tuple[str, str]]:
    for path in documents():
        for found in _QUOTED.finditer(path.read_text(encoding="utf-8")):
            yield found[1], found[2].replace("\\\n", " ").strip()


def _in_messages() -> Iterator[tuple[str, str]]:
    for path in modules("moderation", "classifiers"):
        for found in _IN_MESSAGE.finditer(path.read_text(encoding="utf-8")):
            yield found[1], found[2].strip()


COMMANDS = sorted(set(_quoted()))
MESSAGES = sorted(set(_in_messages()))


def _resolved(name: str, words: list[str]) -> tuple[click.Command, list[str]]:
    """The innermost command that the words name, and what is left of them."""
    command: click.Command = PROGRAMS[name]
    while isinstance(command, click.Group) and words and words[0] != "--help":
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            break
        command, words = inner, words[1:]
    return command, words


def _mistake(name: str, line: str) -> str | None:
    command, words = _resolved(name, shlex.split(line, comments=True))
    if words == ["--help"] or (isinstance(command, click.Group) and not words):
        return None
    if isinstance(command, click.Group):
        return f"{words[0]} is no command"
    context = click.Context(command, resilient_parsing=True)
    try:
        values, left, _ = command.make_parser(context).parse_args(words)
        for parameter in command.params:
            if isinstance(parameter.type, click.Choice) and values.get(parameter.name or ""):
                parameter.type_cast_value(context, values[parameter.name or ""])
    except click.UsageError as error:
        return error.format_message()
    return f"{left} is too much" if left else None


def test_documents_and_messages_do_quote_commands() -> None:
    assert len(COMMANDS) >= 10
    assert len(MESSAGES) >= 3


@pytest.mark.parametrize(("name", "line"), COMMANDS)
def test_a_command_that_a_document_quotes_can_be_typed(name: str, line: str) -> None:
    assert _mistake(name, line) is None


@pytest.mark.parametrize(("name", "line"), MESSAGES)
def test_a_command_that_a_message_recommends_exists(name: str, line: str) -> None:
    command, _ = _resolved(name, line.split())
    assert not isinstance(command, click.Group) or command is not PROGRAMS[name]


@pytest.mark.parametrize(
    "line",
    ["polcy show x", "policy shw x", "policy show x --jsn", "policy show x y z", "policy set x --mode sometimes"],
)
def test_a_mistyped_command_would_be_seen(line: str) -> None:
    assert _mistake("moderation", line)


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {found for path in documents() for found in _TARGET.findall(path.read_text(encoding="utf-8"))}
    assert {"run", "test"} <= named
    assert named <= targets
