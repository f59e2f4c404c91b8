"""A term list as it is stored: a JSON document, checked to the last field before it is stored, and read back."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from moderation.domain.errors import Fault, InvalidValueError
from moderation.domain.term_lists import Match, Term, TermList, Tongue
from moderation.domain.vocabulary import ListAction

MOST_TERMS: Final = 10_000
LONGEST_TERM: Final = 200
MOST_EXCEPTIONS: Final = 100
_FIELDS: Final = frozenset({"action", "terms"})
_TERM_FIELDS: Final = frozenset({"term", "match", "tongue", "exceptions"})
_TEXT_RULE: Final = f"must be text of 1 to {LONGEST_TERM} characters, without bars."


def document_of(action: ListAction, terms: Sequence[Term]) -> dict[str, Any]:
    """The stored form; ``list_of`` reads it back. What a term leaves out is as in ``Term``."""
    return {"action": action.value, "terms": [_term_document(term) for term in terms]}


def _term_document(term: Term) -> dict[str, Any]:
    written: dict[str, Any] = {"term": term.text}
    if term.match is not Match.VARIANTS:
        written["match"] = term.match.value
    if term.tongue is not Tongue.BANGLA:
        written["tongue"] = term.tongue.value
    if term.exceptions:
        written["exceptions"] = list(term.exceptions)
    return written


def list_of(name: str, document: Mapping[str, Any]) -> TermList:
    """The list that a stored document describes."""
    terms = tuple(
        Term(
            one["term"],
            Match(one.get("match", Match.VARIANTS)),
            Tongue(one.get("tongue", Tongue.BANGLA)),
            tuple(one.get("exceptions", ())),
        )
        for one in document["terms"]
    )
    return TermList(name, ListAction(document["action"]), terms)


def digest_of(document: Mapping[str, Any]) -> str:
    """The SHA-256 of the document, by which equal versions are known."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def checked(document: object) -> dict[str, Any]:
    """The document itself, once every field of it is sound.

    Raises:
        InvalidValueError: with a fault for each field that is not.
    """
    faults = list(_faults(document))
    if faults or not isinstance(document, dict):
        first = faults[0]
        raise InvalidValueError(
            "The term list cannot be used: {where} {what}", faults, where=first.pointer or "it", what=first.detail
        )
    return document


def _faults(document: object) -> Iterator[Fault]:
    if not isinstance(document, dict):
        yield Fault("", "not_an_object", "must be a JSON object.")
        return
    yield from _unknown("", document, _FIELDS)
    yield from _choice_faults("/action", document.get("action"), ListAction)
    terms = document.get("terms")
    if not isinstance(terms, list) or len(terms) > MOST_TERMS:
        yield Fault("/terms", "out_of_range", f"must be a list of at most {MOST_TERMS:,} terms.")
        return
    for place, term in enumerate(terms):
        yield from _term_faults(f"/terms/{place}", term)


def _term_faults(pointer: str, term: object) -> Iterator[Fault]:
    if not isinstance(term, dict):
        yield Fault(pointer, "not_an_object", 'must be an object like {"term": "…", "match": "endings"}.')
        return
    yield from _unknown(pointer, term, _TERM_FIELDS)
    if not _is_text(term.get("term")):
        yield Fault(f"{pointer}/term", "out_of_range", _TEXT_RULE)
    if "match" in term:
        yield from _choice_faults(f"{pointer}/match", term["match"], Match)
    if "tongue" in term:
        yield from _choice_faults(f"{pointer}/tongue", term["tongue"], Tongue)
    exceptions = term.get("exceptions", [])
    if not isinstance(exceptions, list) or len(exceptions) > MOST_EXCEPTIONS or not all(map(_is_one_word, exceptions)):
        yield Fault(f"{pointer}/exceptions", "out_of_range", f"must be at most {MOST_EXCEPTIONS} words.")


def _unknown(pointer: str, given: Mapping[object, object], known: frozenset[str]) -> Iterator[Fault]:
    for name in given:
        if name not in known:
            yield Fault(f"{pointer}/{name}", "unknown_field", f"is unknown; known are {', '.join(sorted(known))}.")


def _choice_faults(
    pointer: str, value: object, choices: type[ListAction] | type[Match] | type[Tongue]
) -> Iterator[Fault]:
    known = [choice.value for choice in choices]
    if value not in known:
        yield Fault(pointer, "unknown_value", f"must be one of {', '.join(known)}.")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_TERM and value == value.strip() and "|" not in value


def _is_one_word(value: object) -> bool:
    return isinstance(value, str) and _is_text(value) and len(value.split()) == 1 and "," not in value
