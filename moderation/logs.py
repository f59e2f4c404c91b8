"""Structured logging to standard error: one JSON object a line for machines, readable lines on a terminal.

structlog and the standard library's loggers end in the same handler, so that what Celery, granian or urllib3 say passes
through the same rules: fields that can hold a reader's words or a secret are dropped by their name, and no text that
came from outside can begin a line of its own or steer a terminal. What is written into the message itself cannot be
recognised: events are constant names, and what varies goes into fields.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, TextIO

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, merge_contextvars
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

_SECRET_WORDS: Final = frozenset(
    {"authorization", "cookie", "cookies", "credentials", "password", "secret", "secrets", "signature", "token", "totp"}
)
"""A field is dropped if one of these is anywhere in its name: webhook_secret, password_hash."""

_CONTENT_WORDS: Final = frozenset(
    {"body", "content", "email", "excerpt", "headers", "html", "ip", "key", "link", "payload", "text"}
)
"""A field is dropped if its name ends with one of these: normalised_text and api_key, but not text_length."""

# What ends a line, steers a terminal or turns the direction of writing, for any reader that takes Unicode at its word.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")

# urllib3 would write whole addresses, and those of a callback can hold a key in their query.
_QUIET: Final = {"urllib3": logging.ERROR}


def configure(level: str, json: bool | None = None, stream: TextIO | None = None) -> None:
    """Set up logging for this process; a second call replaces the first.

    ``level`` is the name of a level, as DEBUG, INFO, WARNING or ERROR (ValueError for any other). ``json`` None decides
    by whether ``stream``, standard error by default, is a terminal.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"{level!r} is no level of logging. Give DEBUG, INFO, WARNING or ERROR.")
    output = sys.stderr if stream is None else stream
    as_json = not output.isatty() if json is None else json
    handler = logging.StreamHandler(output)
    handler.setFormatter(_formatter(as_json=as_json, colors=output.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name, quiet_level in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet_level, number))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def bound(
    *,
    request_id: str | None = None,
    site: str | None = None,
    comment_ids: Sequence[int] | None = None,
    job: str | None = None,
) -> AbstractContextManager[None]:
    """For the length of a with block, put these on every line of this thread; what is None stays as it was."""
    return bound_contextvars(**_given(request_id=request_id, site=site, comment_ids=comment_ids, job=job))


def bind(
    *,
    request_id: str | None = None,
    site: str | None = None,
    comment_ids: Sequence[int] | None = None,
    job: str | None = None,
) -> None:
    """Like ``bound``, until ``unbind``: for a web request, whose beginning and end are two functions."""
    bind_contextvars(**_given(request_id=request_id, site=site, comment_ids=comment_ids, job=job))


def unbind() -> None:
    clear_contextvars()


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _formatter(*, as_json: bool, colors: bool) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)
    )
    harmless: list[Processor] = [] if as_json else [_escape_controls]  # JSON in ASCII escapes them by itself
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *harmless, renderer],
    )


def _is_private(name: object) -> bool:
    words = [word.lower() for word in _WORDS.findall(str(name))]
    return bool(words) and (words[-1] in _CONTENT_WORDS or not _SECRET_WORDS.isdisjoint(words))


def drop_private_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out the fields whose names say that they hold a comment's words, a person's data or a secret."""
    return {name: _without_private(value) for name, value in event.items() if name == "event" or not _is_private(name)}


def _without_private(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _without_private(inner) for name, inner in value.items() if not _is_private(name)}
    if isinstance(value, list | tuple):
        return [_without_private(inner) for inner in value]
    return value


def _escape_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {_escaped(str(name)): _harmless(name, value) for name, value in event.items()}


def _harmless(name: str, value: object) -> object:
    if name in {"exception", "stack"} and isinstance(value, str):
        # Their lines are meant, but none may look like the first line of an event.
        return "\n".join("  | " + _escaped(line) for line in value.splitlines())
    return value if value is None or isinstance(value, bool | int | float) else _escaped(str(value))


def _escaped(text: str) -> str:
    return _CONTROLS.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def _told(exc_info: ExcInfo) -> str:
    """The chain of exceptions with where each was raised: code only, no values of variables.

    Of each message only the first line: what follows often quotes data, as PostgreSQL does with the row it refused.
    """
    return "\n".join(_chain(exc_info[1], set()))


def _chain(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen:  # a chain can be tied into a ring by hand
        return
    seen.add(id(error))
    if error.__cause__ is not None:
        yield from _chain(error.__cause__, seen)
        yield "This was the cause of:"
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _chain(error.__context__, seen)
        yield "While that was handled:"
    yield from "".join(traceback.format_tb(error.__traceback__)).splitlines()
    first_line = next(iter(str(error).splitlines()), "")
    yield f"{type(error).__module__}.{type(error).__qualname__}: {first_line}"
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _chain(one, seen)


_SHARED: Final[list[Processor | Callable[..., EventDict]]] = [
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_private_fields,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.ExceptionRenderer(_told),
    structlog.processors.UnicodeDecoder(),
]
