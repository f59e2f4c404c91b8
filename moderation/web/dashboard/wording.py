"""Words in the visitor's language: the catalogue, Bangla digits, relative times, reasons in plain words."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("bn", "en")
_BANGLA_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
_FILES: Final = {"bn": "bangla.json", "en": "english.json"}


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Bangla for every phrase of the pages, English for the codes among them; a test finds what is missing."""
    path = Path(__file__).with_name(_FILES[language])
    phrases: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return phrases


def chosen(wanted: str | None) -> str:
    return wanted if wanted in LANGUAGES else "bn"


def translated(text: str, language: str, **values: object) -> str:
    """The phrase in the language, with its ``{places}`` filled; numbers get the language's digits."""
    phrase = catalogue(language).get(text, text)
    return phrase.format(**{name: digits(value, language) for name, value in values.items()}) if values else phrase


def digits(value: object, language: str) -> str:
    """Numbers in the language's digits; text stays as it is."""
    written = f"{value:.2f}" if isinstance(value, float) else str(value)
    return written.translate(_BANGLA_DIGITS) if language == "bn" and isinstance(value, int | float) else written


def ago(age: timedelta, language: str) -> str:
    seconds = max(0, round(age.total_seconds()))
    for size, phrase in ((86_400, "{n} days ago"), (3_600, "{n} hours ago"), (60, "{n} minutes ago")):
        if seconds >= size:
            return translated(phrase, language, n=seconds // size)
    return translated("{n} seconds ago", language, n=seconds)


def reason(check: Mapping[str, Any], language: str) -> str:
    """A check in words: what it found, with the value and the threshold where there are such."""
    name = translated(str(check.get("label") or check["rule"]), language)
    parts = [name]
    if check.get("value") is not None:
        parts.append(digits(_number(check["value"]), language))
    if check.get("threshold") is not None:
        parts.append(translated("(held from {threshold})", language, threshold=_number(check["threshold"])))
    if check.get("detail"):
        parts.append(str(check["detail"]))
    return " ".join(parts)


def _number(value: float) -> int | float:
    """Counts are told without decimals, probabilities with two."""
    return int(value) if float(value).is_integer() and value != 1 else round(float(value), 2)
