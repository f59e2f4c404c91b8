"""Sentences made up for training, in three ways of writing, by topic: what is held, and what stands in the same words.

Research data hold few English and romanized threats, hardly any advertising, and little abuse that is quoted or
contradicted. Each file of ``made_up/`` has for each way of writing templates of both sides, filled at random from
lists, many times each. What is hateful by itself stands among the civil where somebody reports or rejects it, so that
what is learned is what stands around it; each group's name stands in hateful and in civil sentences alike.
"""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from classifiers.banglacheck.files import read_slots
from classifiers.banglacheck.templates import Option, fill_by_chance, slots_of
from classifiers.respelling import respelled

_HERE = Path(__file__).parent / "made_up"
_SCRIPTS = ("bn", "bn-Latn", "en")
_FILLINGS = 8
_QUOTED = 0.4
_RESPELLED = 0.6


class Made(NamedTuple):
    """A sentence, the labels that it is an example of, and how it is written.

    ``labels`` are those that are 1 in it or, where it ``stands``, those it is likely to be mistaken for.
    """

    text: str
    labels: tuple[str, ...]
    stands: bool
    script: str
    template: str
    """Of what it is a filling; its quotations are one of their own."""


class _Topic(NamedTuple):
    """One file: ``templates`` of each way of writing and side (hold, stand)."""

    name: str
    labels: tuple[str, ...]
    quoted: bool
    """Whether what is held is also to be reported and rejected."""
    templates: Mapping[tuple[str, str], Sequence[str]]


class _Frames(NamedTuple):
    """What stands around a sentence «S»: on its own, and where it is reported or rejected."""

    plain: Sequence[str]
    rejecting: Sequence[str]


def made_up(seed: int = 0) -> Iterator[Made]:
    """All sentences, always the same ones; none twice."""
    chance, seen = random.Random(seed), set[str]()  # noqa: S311 - nothing here is a secret
    for topic in _topics():
        for script in _SCRIPTS:
            for made in _of_script(topic, script, chance):
                if made.text not in seen:
                    seen.add(made.text)
                    yield made


@lru_cache(maxsize=4)
def lists(script: str) -> Mapping[str, Sequence[Option]]:
    """The lists of BanglaCheck with more groups, and some of their own, for fillings that are for training only."""
    found = tomllib.loads((_HERE / "slots.toml").read_text(encoding="utf-8"))
    more: list[Option] = [(name, {"": name, "adj": name}) for name in found["groups"].get(script, [])]
    slots = dict(read_slots()[script])
    slots |= {"group": [*slots["group"], *more], "people": [*slots["people"], *more]}
    return slots | {name: [(said, {"": said}) for said in own] for name, own in _lists_of_ours(script).items()}


@lru_cache(maxsize=4)
def _lists_of_ours(script: str) -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
        (_HERE / "slots.toml").read_text(encoding="utf-8")
    )["lists"]
    return found.get(script, {})


def _topics() -> Iterator[_Topic]:
    for path in sorted(_HERE.glob("*.toml")):
        if path.stem not in {"slots", "frames"}:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
            templates = {
                (script, side): _lines(found[script].get(side, "")) for script in _SCRIPTS for side in ("hold", "stand")
            }
            yield _Topic(path.stem, tuple(found["labels"]), found.get("quoted", False), templates)


def _of_script(topic: _Topic, script: str, chance: random.Random) -> Iterator[Made]:
    for side in ("hold", "stand"):
        for number, template in enumerate(topic.templates[script, side]):
            name = f"{topic.name}/{script}/{side}/{number}"
            turns = range(_turns(template, script))
            for text in sorted({fill_by_chance(template, lists(script), chance).text for _ in turns}):
                if side == "stand":
                    yield Made(_written(text, script, chance), topic.labels, True, script, name)
                else:
                    yield from _held(topic, text, script, name, chance)


def _turns(template: str, script: str) -> int:
    """So many that of a long choice or list, of slurs say, most words have their turn."""
    own = _lists_of_ours(script)
    return max(
        _FILLINGS,
        *(place.count("|") for place in template.split("}")),
        *(len(own[slot]) for slot in slots_of(template) if slot in own),
    )


def _held(topic: _Topic, text: str, script: str, name: str, chance: random.Random) -> Iterator[Made]:
    """What somebody says, and sometimes what others say about it."""
    frames = _frames(script)
    said = chance.choice(frames.plain).replace("S", text)
    yield Made(_written(said, script, chance), topic.labels, False, script, name)
    if topic.quoted and chance.random() < _QUOTED:
        quoted = chance.choice(frames.rejecting).replace("S", text)
        yield Made(_written(quoted, script, chance), topic.labels, True, script, f"{name}/quoted")


def _written(text: str, script: str, chance: random.Random) -> str:
    return respelled(text, chance) if script == "bn-Latn" and chance.random() < _RESPELLED else text


@lru_cache(maxsize=len(_SCRIPTS))
def _frames(script: str) -> _Frames:
    found = tomllib.loads((_HERE / "frames.toml").read_text(encoding="utf-8"))
    return _Frames(_lines(found["plain"][script]), _lines(found["rejecting"][script]))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]
