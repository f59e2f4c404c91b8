"""Words in the visitor's language: phrases, Bangla digits, relative times, reasons and problems in plain words."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from babel.dates import format_date, format_timedelta

from moderation.domain.policy import SUSPENDED_RULE
from moderation.web.dashboard.catalogues import LANGUAGES, phrases, translations
from moderation.web.dashboard.code_words import ATTEMPT_WORDS, CODE_WORDS, UNKNOWN_FAILURE
from moderation.web.dashboard.problem_words import OTHER_TITLE, PROBLEM_WORDS, TITLES

_BANGLA_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


def chosen(wanted: str | None) -> str:
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def translated(text: str, language: str, **values: object) -> str:
    """The phrase in the language, with its ``{places}`` filled; numbers get the language's digits."""
    return _filled(translations(language).gettext(text), language, values)


def in_all(text: str) -> str:
    """The phrase in every language, for what is found by either."""
    return " ".join(translated(text, language) for language in LANGUAGES)


def counted(one: str, many: str, n: int, language: str, **values: object) -> str:
    """The same for a phrase that has a form for one and a form for many; ``{n}`` is the number."""
    return _filled(translations(language).ngettext(one, many, n), language, {"n": n, **values})


def _filled(phrase: str, language: str, values: Mapping[str, object]) -> str:
    return phrase.format(**{name: _value(one, language) for name, one in values.items()}) if values else phrase


def _value(value: object, language: str) -> str:
    """A code of ours in words, a number in digits, anything else (names) as it is."""
    return code(value, language) if isinstance(value, StrEnum) else digits(value, language)


def code(value: str, language: str) -> str:
    """What the pages call a label, state, verdict, rule; codes of a later version stand as they are."""
    return translated(CODE_WORDS.get(value, value), language) if value else ""


def digits(value: object, language: str) -> str:
    """Numbers in the language's digits; text stays as it is."""
    written = f"{value:.2f}" if isinstance(value, float) else str(value)
    return written.translate(_BANGLA_DIGITS) if language == "bn" and isinstance(value, int | float) else written


def in_a_picture(text: str, language: str) -> str:
    """What stands in a picture: codes of ours in words, numbers in digits, and the rest as it is."""
    if text in CODE_WORDS:
        return code(text, language)
    return text.translate(_BANGLA_DIGITS) if language == "bn" and text[:1].isdigit() else text


def percent(share: float, language: str) -> str:
    """A share in [0, 1] as a percentage with one decimal."""
    written = f"{100 * share:.1f}%"
    return written.translate(_BANGLA_DIGITS) if language == "bn" else written


def decimal(value: float, places: int, language: str) -> str:
    """A number with so many decimals."""
    written = f"{value:.{places}f}"
    return written.translate(_BANGLA_DIGITS) if language == "bn" else written


def ago(age: timedelta, language: str) -> str:
    """How long ago in one unit; what lies in the future counts as now."""
    if age < timedelta(seconds=1):
        return translated("just now", language)
    return _distance(-age, language)


def span(length: timedelta, language: str) -> str:
    """A length of time in one unit."""
    written = format_timedelta(length, threshold=1, locale=language)
    return written.replace("ঘন্টা", "ঘণ্টা").translate(_BANGLA_DIGITS) if language == "bn" else written


def day(moment: date, language: str) -> str:
    """A date without its year."""
    written = format_date(moment, "d MMM", locale=language)
    return written.translate(_BANGLA_DIGITS) if language == "bn" else written


def ahead(wait: timedelta, language: str) -> str:
    """In how long; what is due already is told as due now."""
    return _distance(wait, language) if wait >= timedelta(seconds=1) else translated("due now", language)


def _distance(signed: timedelta, language: str) -> str:
    """Bangla words of our own: the locale's say পূর্বে for some units and আগে for others."""
    if language == "bn":
        return f"{span(abs(signed), language)} {'পরে' if signed > timedelta() else 'আগে'}"
    return format_timedelta(signed, add_direction=True, threshold=1, locale=language)


def reason(check: Mapping[str, Any], language: str, now: datetime) -> str:
    """A check in words: what it found, with the value and the threshold where there are such."""
    is_score = bool(check.get("label"))
    parts = [code(str(check.get("label") or check["rule"]), language)]
    if check.get("value") is not None:
        parts.append(figure(check["value"], language, is_score))
    if check.get("threshold") is not None:
        threshold = _number(check["threshold"], is_score)
        parts.append(translated("(held from {threshold})", language, threshold=threshold))
    if check.get("detail"):
        parts.append(detail(str(check["rule"]), str(check["detail"]), language, now))
    return " ".join(parts)


def detail(rule: str, written: str, language: str, now: datetime) -> str:
    """A check's detail as it stands, which may be a reader's words; a time is told by how far it is from now."""
    if rule != SUSPENDED_RULE or not written:
        return written
    ends = datetime.fromisoformat(written)
    if ends > now:
        return translated("(ends {when})", language, when=ahead(ends - now, language))
    return translated("(ended {when})", language, when=ago(now - ends, language))


def figure(value: float, language: str, is_score: bool) -> str:
    """A value or a threshold of a check in the language's digits: a probability with two decimals, a count without."""
    return digits(_number(value, is_score), language)


def _number(value: float, is_score: bool) -> int | float:
    return round(float(value), 2) if is_score else int(value)


def said(problem_code: str, template: str, values: Mapping[str, object], language: str) -> str:
    """What happened and what to do: by the error's own message where the catalogue has it, else by its code."""
    if template in phrases(language):
        return translated(template, language, **values)
    return translated(PROBLEM_WORDS.get(problem_code, PROBLEM_WORDS["refused"]), language)


def title(status: int, language: str) -> str:
    return translated(TITLES.get(status, OTHER_TITLE), language)


def failure(attempt_code: str, language: str) -> str:
    """Why an attempt to deliver a callback failed."""
    return translated(ATTEMPT_WORDS.get(attempt_code, UNKNOWN_FAILURE), language)
