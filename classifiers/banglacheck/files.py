"""Reads the suite's files: what each functionality is about, its templates by script and half, and the lists."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from classifiers.banglacheck.templates import Option

_HERE = Path(__file__).parent
_SCRIPTS = ("bn", "bn-Latn", "en", "mixed")
_EXPECTED: tuple[Literal["stand", "hold"], ...] = ("stand", "hold")
_FEW = 4
_ENDS_IN_A_VOWEL = re.compile("[\u0985-\u0994\u09be-\u09cc]$")


@dataclass(frozen=True)
class Template:
    """One sentence with places to fill."""

    name: str
    script: str
    half: str
    text: str


@dataclass(frozen=True)
class Functionality:
    """One thing that a classifier should be able to do."""

    name: str
    about: str
    expected: Literal["stand", "hold"]
    labels: tuple[str, ...]
    cases_per_template: int
    disguise: str
    templates: tuple[Template, ...]


@lru_cache(maxsize=1)
def read_functionalities() -> tuple[Functionality, ...]:
    """Those that must stand, then those that must be held, each by name."""
    return tuple(
        _functionality(path, expected) for expected in _EXPECTED for path in sorted((_HERE / expected).glob("*.toml"))
    )


@lru_cache(maxsize=1)
def read_slots() -> Mapping[str, Mapping[str, Sequence[Option]]]:
    """For each script the options of each list."""
    found = tomllib.loads((_HERE / "slots.toml").read_text(encoding="utf-8"))
    lists = {script: _lists(found["lists"].get(script, {})) for script in _SCRIPTS}
    people = [name for name in found["groups"] if name not in found["not_a_people"]]
    for script in _SCRIPTS:
        groups = {name: _forms(forms[script]) for name, forms in found["groups"].items() if script in forms}
        lists[script]["group"] = list(groups.items())
        lists[script]["people"] = [(name, groups[name]) for name in people if name in groups]
    return lists


def _lists(found: Mapping[str, Sequence[str]]) -> dict[str, Sequence[Option]]:
    return {name: [(word, _inflected(word)) for word in words] for name, words in found.items()}


def _inflected(word: str) -> Mapping[str, str]:
    """A Bangla noun by itself, its genitive («er») and its locative («e»)."""
    if _ENDS_IN_A_VOWEL.search(word):
        return {"": word, "er": f"{word}র", "e": f"{word}{'য়' if word.endswith('া') else 'তে'}"}
    return {"": word, "er": f"{word}ের", "e": f"{word}ে"}


def _forms(found: Sequence[str]) -> Mapping[str, str]:
    """The plain form, which takes endings or is a plural, and the one before a noun."""
    return {"": found[0], "adj": found[-1]}


def _functionality(path: Path, expected: Literal["stand", "hold"]) -> Functionality:
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return Functionality(
        path.stem, found["about"], expected, tuple(found["labels"]), found.get("cases_per_template", _FEW),
        found.get("disguise", ""), tuple(_templates(path.stem, found)),
    )  # fmt: skip


def _templates(name: str, found: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Template]:
    for script in _SCRIPTS:
        for half in ("train", "test"):
            for number, text in enumerate(found.get(script, {}).get(half, []), start=1):
                yield Template(f"{name}/{script}/{half}/{number}", script, half, text)
