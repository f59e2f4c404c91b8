"""What the pages call the acts that a single key does."""

from collections.abc import Mapping
from typing import Final

from moderation.domain.keyboard import KeyAct
from moderation.web.dashboard.code_words import N_

KEY_WORDS: Final[Mapping[KeyAct, str]] = {
    KeyAct.NEXT: N_("next comment"),
    KeyAct.PREVIOUS: N_("previous comment"),
    KeyAct.PUBLISH: N_("publish"),
    KeyAct.REJECT: N_("reject: then digits tick labels, Enter confirms"),
    KeyAct.SPAM: N_("reject as spam"),
    KeyAct.SKIP: N_("skip: leave it to colleagues"),
    KeyAct.HAND_ON: N_("hand it on with a note"),
    KeyAct.UNDO: N_("undo"),
    KeyAct.TICK: N_("tick"),
    KeyAct.TICK_ALL: N_("tick all that is seen"),
    KeyAct.THREAD: N_("the thread beside it"),
    KeyAct.AUTHOR: N_("the author beside it"),
    KeyAct.MASK: N_("mask slurs; held, show them"),
    KeyAct.SEARCH: N_("search"),
    KeyAct.HELP: N_("show these keys"),
}


def named(key: str) -> str:
    """A key as a legend shows it."""
    return f"Shift+{key}" if key.isupper() else key
