"""Every phrase of the pages stands in both catalogues, whole, and says the same places."""

import re

import pytest
from babel.messages.catalog import Message

from moderation.domain import errors
from moderation.domain.errors import ModerationError
from moderation.domain.vocabulary import CallbackState, CallbackType, Label, RejectReason, State, Verdict
from moderation.web.dashboard import wording
from moderation.web.dashboard.catalogues import LANGUAGES, read
from moderation.web.dashboard.code_words import ATTEMPT_WORDS, CODE_WORDS
from moderation.web.dashboard.problem_words import PROBLEM_WORDS, TITLES
from moderation.web.errors import HTTP_CODES, STATUS_OF
from moderation.web.problem_codes import PROBLEM_CODES
from tests.moderation.web.dashboard.extraction import phrases

PLACE = re.compile(r"\{(\w*)\}")


def _forms(written: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (written or "",) if written is None or isinstance(written, str) else tuple(written)


def _messages(language: str) -> dict[str | tuple[str, ...], Message]:
    return {_key(message): message for message in read(language) if message.id}


def _key(message: Message) -> str | tuple[str, ...]:
    return message.id if isinstance(message.id, str) else tuple(message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_phrase_of_code_and_templates_and_no_other(language: str) -> None:
    assert set(_messages(language)) == {_key(message) for message in phrases() if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_empty_or_fuzzy_or_lost_a_place(language: str) -> None:
    wrong = [
        key
        for key, message in _messages(language).items()
        if message.fuzzy
        or not all(_forms(message.string))
        or any(set(PLACE.findall(one)) != set(PLACE.findall(_forms(key)[0])) for one in _forms(message.string))
    ]
    assert wrong == []
    assert len(_messages(language)) > 100


def test_the_search_finds_phrases_of_templates_of_code_and_of_steps() -> None:
    found = {_key(message) for message in phrases()}
    assert {
        "Review queue",
        ("{n} report", "{n} reports"),
        "identity attack",
        "{name} has this comment open. Take the next one.",
    } <= found


def _subclasses(cls: type[ModerationError]) -> set[type[ModerationError]]:
    return {cls}.union(*(_subclasses(sub) for sub in cls.__subclasses__()))


DOMAIN_ERRORS = {cls for cls in _subclasses(ModerationError) if cls.__module__ == errors.__name__}
ERROR_CODES = sorted(
    {cls.code for cls in _subclasses(errors.ModerationError)}
    | {one.code for one in PROBLEM_CODES}
    | set(HTTP_CODES.values())
)


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_error_code_is_told_in_bangla_without_a_latin_letter(code: str) -> None:
    told = wording.said(code, f"An English detail {code}", {}, "bn")
    assert re.search("[a-zA-Z]", told) is None
    assert re.search("[\u0980-\u09ff]", told)


@pytest.mark.parametrize("cls", sorted(DOMAIN_ERRORS, key=str))
def test_every_error_of_the_domain_has_words_of_its_own(cls: type[ModerationError]) -> None:
    assert cls.code in PROBLEM_WORDS


def test_every_status_of_an_error_has_a_title() -> None:
    wanted = {*STATUS_OF.values(), *HTTP_CODES, 500, 503} - {416}
    assert wanted <= set(TITLES)


def test_an_errors_own_message_is_told_with_its_values() -> None:
    error = errors.StaleDecisionError(
        "This comment is {state} now: {name} decided {seconds} s ago. Nothing of yours was stored.",
        state=State.PUBLISHED,
        name="Karim",
        seconds=20,
    )
    assert str(error) == "This comment is published now: Karim decided 20 s ago. Nothing of yours was stored."
    told = wording.said(error.code, error.template, error.values, "bn")
    assert "প্রকাশিত" in told
    assert "Karim" in told
    assert "২০ সেকেন্ড" in told


def test_every_code_of_the_domain_has_its_words() -> None:
    codes = {*Label, *RejectReason, *State, *Verdict, *CallbackState, *CallbackType} - {RejectReason.LABELS}
    assert {str(code) for code in codes} <= set(CODE_WORDS)


@pytest.mark.parametrize("code", [*ATTEMPT_WORDS, "a_code_of_tomorrow"])
def test_a_failed_attempt_is_told_in_bangla(code: str) -> None:
    assert re.search("[a-zA-Z]", wording.failure(code, "bn").replace("https", "")) is None
