"""From bytes to checked payloads: limits first, JSON once, and every fault with the pointer to its field."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import orjson
from flask import request
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.domain.errors import Fault, InvalidValueError
from moderation.web.errors import Problem, RefusalError
from moderation.web.webhook.payloads import EVENT, EventPayload

_MOST_FAULTS: Final = 20

T = TypeVar("T")

_CODES: Final[Mapping[str, str]] = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "union_tag_invalid": "unknown_type",
    "union_tag_not_found": "unknown_type",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_short": "too_short",
    "too_long": "too_long",
    "string_pattern_mismatch": "wrong_form",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
}
"""pydantic's kinds of error under names of our own, so that another version of pydantic changes no contract."""


_OWN_CODES: Final = frozenset(
    {
        "nul_character",
        "invalid_time",
        "time_out_of_range",
        "invalid_ip",
        "labels_of_approved",
    }
)


class UnknownTypeError(InvalidValueError):
    code = "unknown_type"


def read_body(limit: int) -> bytes:
    """The body, byte for byte.

    Werkzeug cuts chunked bodies at its limit without a word: it gets one byte more than ours, and the length is looked
    at here.
    """
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> RefusalError:
    return RefusalError(Problem(413, "body_too_large", f"The body may have {limit} bytes at most."))


def parse_json(body: bytes) -> object:
    """The JSON document; deep nesting, NaN, lone surrogates and what is not UTF-8 are no JSON here."""
    try:
        return from_json(body, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise RefusalError(Problem(400, "not_json", f"The body is not JSON: {str(error)[:200]}.")) from None


def parse_event(document: object, base: str = "") -> EventPayload:
    """The event; ``base`` is the pointer to it within the body.

    Raises:
        InvalidValueError: with every fault, or the first twenty.
    """
    return validated(EVENT, document, base)


def validated(adapter: TypeAdapter[T], document: object, base: str = "") -> T:
    try:
        return adapter.validate_python(document)
    except ValidationError as error:
        faults = [_fault(details, base) for details in error.errors(include_url=False, include_input=False)]
    raise _invalid(faults[:_MOST_FAULTS])


def _invalid(faults: Sequence[Fault]) -> InvalidValueError:
    if any(fault.code == "unknown_type" for fault in faults):
        return UnknownTypeError("This type of event is not known.", faults)
    return InvalidValueError("The body does not have the form that is described under /docs.", faults)


def _fault(details: ErrorDetails, base: str) -> Fault:
    kind = details["type"]
    path = [part for part in details["loc"] if part != "[key]"]
    # A union's branch is in the path by its tag, which is no step in the document.
    if path and isinstance(path[0], str) and path[0].startswith("comment."):
        path = path[1:]
    if kind.startswith("union_tag"):
        path = ["type"]
    code = _CODES.get(kind, kind if kind in _OWN_CODES else "wrong_type")
    return Fault(base + "".join(f"/{_escaped(part)}" for part in path), code, details["msg"])


def _escaped(part: int | str) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")[:200]


def digest(document: Any) -> bytes:  # noqa: ANN401 - any JSON that has passed the checks
    """SHA-256 of the event in one canonical form: the same event is the same alone, in a batch, or spaced otherwise."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).digest()
