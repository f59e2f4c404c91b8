"""The single keys of the dashboard: which act each one does, and a person's own choice in place of ours.

A key is written as the character that it types: ``p`` is the key itself, ``P`` the same with Shift. Digits tick labels,
and Enter, Escape and the arrows are what they are everywhere, so none of these can be chosen.
"""

from collections.abc import Mapping
from enum import StrEnum
from string import ascii_letters
from typing import Final

from moderation.domain.errors import InvalidValueError


class KeyAct(StrEnum):
    """What a single key can do, in the order of the legend."""

    NEXT = "next"
    PREVIOUS = "previous"
    PUBLISH = "publish"
    REJECT = "reject"
    SPAM = "spam"
    SKIP = "skip"
    HAND_ON = "hand_on"
    UNDO = "undo"
    TICK = "tick"
    TICK_ALL = "tick_all"
    THREAD = "thread"
    AUTHOR = "author"
    MASK = "mask"
    SEARCH = "search"
    HELP = "help"


DEFAULT_KEYS: Final[Mapping[KeyAct, str]] = {
    KeyAct.NEXT: "j",
    KeyAct.PREVIOUS: "k",
    KeyAct.PUBLISH: "af",
    KeyAct.REJECT: "d",
    KeyAct.SPAM: "s",
    KeyAct.SKIP: "n",
    KeyAct.HAND_ON: "e",
    KeyAct.UNDO: "z",
    KeyAct.TICK: "x",
    KeyAct.TICK_ALL: "X",
    KeyAct.THREAD: "c",
    KeyAct.AUTHOR: "u",
    KeyAct.MASK: "m",
    KeyAct.SEARCH: "/",
    KeyAct.HELP: "?",
}
"""Each act's keys, the first of them the one that its button shows."""
CHOOSABLE: Final = frozenset(ascii_letters + "/?")


def keys_of(own: Mapping[str, str]) -> dict[KeyAct, str]:
    """Each act's keys for a person with these choices: one key, none (``""``), or ours.

    What a person chose goes before a second key of ours. Choices of acts that are no more are passed over.
    """
    chosen = {act: own[act.value] for act in KeyAct if act.value in own}
    taken = "".join(chosen.values())
    ours = {act: "".join(key for key in DEFAULT_KEYS[act] if key not in taken) for act in KeyAct if act not in chosen}
    return {act: chosen.get(act, ours.get(act, "")) for act in KeyAct}


def checked(written: Mapping[KeyAct, str]) -> dict[str, str]:
    """What is to be kept of a form with a key, or nothing, for each act: what differs from ours.

    Raises:
        InvalidValueError: a key cannot be chosen, or stands at two acts.
    """
    given: dict[str, KeyAct] = {}
    for act, key in written.items():
        if key and key not in CHOOSABLE:
            raise InvalidValueError("Choose one Latin letter, with Shift or without, or / or ? as a key.")
        if key and key in given:
            raise InvalidValueError("The key {key} stands at two acts. Give one of them another key, or none.", key=key)
        given[key] = act
    return {act.value: key for act, key in written.items() if key != DEFAULT_KEYS[act][0]}
