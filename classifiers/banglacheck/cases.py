"""The suite's cases: each template of each functionality, filled from the lists."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Literal, NamedTuple

from classifiers.banglacheck.disguising import DISGUISES
from classifiers.banglacheck.files import Functionality, Template, read_functionalities, read_slots
from classifiers.banglacheck.templates import Filled, Option, fill, fill_by_chance

Half = Literal["train", "test", "all"]
Expected = Literal["stand", "hold"]


class Case(NamedTuple):
    """One comment, and what a fair moderator does with it."""

    text: str
    functionality: str
    expected: Expected
    labels: tuple[str, ...]
    """What a must-hold case is an example of, and what a must-stand case is likely to be mistaken for."""
    script: str
    template: str
    """Functionality, script, half and number: cases with the same template differ in what fills it only."""
    half: str
    group: str | None
    """The group that fills the template, where it has a place for one: cases of one template are pairs."""
    spans: tuple[tuple[int, int], ...]
    """Where the abusive words stand in the text; empty where nothing is abusive or no word by itself is."""


def cases(half: Half) -> Sequence[Case]:
    """The cases of the templates that may be used to train, of those kept to test, or all; always in one order."""
    return _all() if half == "all" else tuple(case for case in _all() if case.half == half)


def more_of_the_training_half(
    slots: Mapping[str, Mapping[str, Sequence[Option]]], per_template: int, chance: Random
) -> Iterator[Case]:
    """Further cases of the templates that may be used to train, filled at random from other lists than the suite's."""
    for functionality in read_functionalities():
        for template in functionality.templates:
            if template.half == "train":
                for turn in range(per_template):
                    filled = fill_by_chance(template.text, slots[template.script], chance)
                    yield _case(functionality, template, filled, turn)


@lru_cache(maxsize=1)
def _all() -> tuple[Case, ...]:
    return tuple(case for each in read_functionalities() for case in _of_functionality(each))


def _of_functionality(functionality: Functionality) -> Iterator[Case]:
    slots = read_slots()
    for number, template in enumerate(functionality.templates):
        filled = fill(template.text, slots[template.script], functionality.cases_per_template, number)
        for turn, each in enumerate(filled):
            yield _case(functionality, template, each, number + turn)


def _case(functionality: Functionality, template: Template, filled: Filled, turn: int) -> Case:
    text, spans = _disguised(filled, functionality.disguise, turn)
    return Case(
        text, functionality.name, functionality.expected, functionality.labels, template.script, template.name,
        template.half, filled.group, spans,
    )  # fmt: skip


def _disguised(filled: Filled, disguise: str, turn: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text with its abusive words disguised, and where they stand now."""
    if not disguise:
        return filled.text, filled.spans
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    length = at = 0
    for start, end in filled.spans:
        hidden = DISGUISES[disguise](filled.text[start:end], turn)
        length += start - at
        spans.append((length, length + len(hidden)))
        pieces += [filled.text[at:start], hidden]
        length += len(hidden)
        at = end
    return "".join([*pieces, filled.text[at:]]), tuple(spans)
