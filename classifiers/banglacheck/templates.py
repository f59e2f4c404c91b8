"""What a template says: «{group}», a place that a list fills; «{a|b}», a choice written out; «[word]», abuse."""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

_PLACE = re.compile(r"\{([^{}]+)\}")

Option = tuple[str, Mapping[str, str]]
"""What may fill a place: its name, and its forms; the form «» is the plain one."""

_SHIFT_EVERY = 5

GROUP_SLOTS = frozenset({"group", "people"})


class Filled(NamedTuple):
    """A template's text without its marks, the group in it, and where its abusive words stand."""

    text: str
    group: str | None
    spans: tuple[tuple[int, int], ...]


def fill(template: str, slots: Mapping[str, Sequence[Option]], limit: int, number: int) -> Iterator[Filled]:
    """At most ``limit`` different fillings. ``number`` turns the lists, so that templates one after the other begin
    with different words and each word comes in its turn.
    """
    options = {place: _options(place, slots) for place in _PLACE.findall(template)}
    turns = min(limit, max((len(found) for found in options.values()), default=1))
    for turn in range(turns):
        chosen = {place: found[_turned(place, number, turn, limit) % len(found)] for place, found in options.items()}
        yield _unmarked(_filled(template, chosen), _group_of(chosen))


def fill_by_chance(template: str, slots: Mapping[str, Sequence[Option]], chance: Random) -> Filled:
    """One filling: each list gives any of its words, the same one in all its places."""
    chosen: dict[str, Option] = {}
    for place in _PLACE.findall(template):
        name = place if "|" in place else _slot(place)
        chosen[place] = chosen.setdefault(name, chance.choice(_options(place, slots)))
    return _unmarked(_filled(template, chosen), _group_of(chosen))


def slots_of(template: str) -> set[str]:
    """The names of the lists that a template asks for."""
    return {_slot(place) for place in _PLACE.findall(template) if "|" not in place}


def _slot(place: str) -> str:
    return place.partition(".")[0]


def _group_of(chosen: Mapping[str, Option]) -> str | None:
    return next((name for place, (name, _) in chosen.items() if _slot(place) in GROUP_SLOTS), None)


def _options(place: str, slots: Mapping[str, Sequence[Option]]) -> Sequence[Option]:
    if "|" in place:
        return [(choice, {"": choice}) for choice in place.split("|")]
    return slots[_slot(place)]


def _turned(place: str, number: int, turn: int, limit: int) -> int:
    """Where a list is at this turn; the shift lets a group meet other neighbours in later templates."""
    return turn if "|" in place else number * limit + number // _SHIFT_EVERY + turn


def _filled(template: str, chosen: Mapping[str, Option]) -> str:
    return _PLACE.sub(lambda match: _form(match[1], chosen), template)


def _form(place: str, chosen: Mapping[str, Option]) -> str:
    return chosen[place][1]["" if "|" in place else place.partition(".")[2]]


def _unmarked(text: str, group: str | None) -> Filled:
    """Takes the brackets out and remembers where they stood."""
    pieces = re.split(r"([\[\]])", text)
    plain, starts, ends = "", [], []
    for piece in pieces:
        if piece == "[":
            starts.append(len(plain))
        elif piece == "]":
            ends.append(len(plain))
        else:
            plain += piece
    return Filled(plain, group, tuple(zip(starts, ends, strict=True)))
