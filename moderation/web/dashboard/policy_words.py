"""What the policy page says of places on a slider: what they would have done, and what parts two versions."""

from collections.abc import Mapping
from typing import Final

from moderation.domain.policy_changes import Change
from moderation.domain.vocabulary import Action
from moderation.domain.what_if import Move, Moved, WhatIf
from moderation.web.dashboard import wording
from moderation.web.dashboard.blueprint import dashboard, language
from moderation.web.dashboard.code_words import N_

_MOVES: Final[Mapping[Move, str]] = {
    (Action.PUBLISH, Action.HOLD): N_("{rate} more would be held"),
    (Action.HOLD, Action.PUBLISH): N_("{rate} fewer would be held, and published unseen"),
    (Action.PUBLISH, Action.REJECT): N_("{rate} more would be rejected unseen"),
    (Action.HOLD, Action.REJECT): N_("{rate} would be rejected unseen instead of held"),
    (Action.REJECT, Action.HOLD): N_("{rate} would be held instead of rejected unseen"),
    (Action.REJECT, Action.PUBLISH): N_("{rate} would be published unseen instead of rejected"),
}
_FIELDS: Final[Mapping[str, str]] = {
    "hold": N_("held from"),
    "reject": N_("rejected from"),
    "hold_first_comments": N_("first comments of an author that are held"),
    "hold_links_over": N_("links that are still allowed"),
    "hold_reports_from": N_("readers' reports that hold"),
    "audit_share": N_("share that is looked at blind"),
    "blind": N_("scores of all cards hidden"),
    "mask": N_("slurs masked"),
    "mix_in": N_("share of ordinary comments"),
    "breaker_share": N_("share of flagged comments that holds a story"),
    "breaker_least": N_("comments from which that share counts"),
    "breaker_minutes": N_("minutes within which they are counted"),
    "breaker_hold_minutes": N_("minutes for which the story is held"),
}

_SHARES: Final = frozenset({"audit_share", "mix_in", "breaker_share"})
_YES, _NO = N_("yes"), N_("no")


def rate(comments: int, days: int) -> str:
    """So many a day; fewer than one a day are told for all the days."""
    if not comments:
        return wording.translated("none", language())
    if comments < days:
        return wording.translated("{n} in {days} days", language(), n=comments, days=days)
    written = wording.decimal(comments / days, 0 if comments >= 10 * days else 1, language())
    return wording.translated("{n} a day", language(), n=written)


def told(found: WhatIf | None, days: int) -> list[str]:
    """What other places of one label's sliders would have done, in sentences; how it is where nothing moves."""
    if not found or not days:
        return []
    moves = [
        _move(phrase, move, found.moves[move], days)
        for move, phrase in _MOVES.items()
        if move in found.moves and found.moves[move].comments
    ]
    return moves or [
        wording.translated(
            "As it is: {held} held, {alone} of them by this label alone",
            language(),
            held=rate(found.held, days),
            alone=rate(found.held_alone, days),
        )
    ]


def _move(phrase: str, move: Move, moved: Moved, days: int) -> str:
    happens = wording.translated(phrase, language(), rate=rate(moved.comments, days))
    return f"{happens}; {_price(move, moved)}"


def _price(move: Move, moved: Moved) -> str:
    """What people decided on such comments: the share that a stricter place wrongs, or that a milder one lets by."""
    published, rejected = moved.share_published, moved.share_rejected
    if published is None or rejected is None:
        return wording.translated(
            "too few of such were decided by people to say more ({n})", language(), n=moved.decided
        )
    if move[1] is Action.PUBLISH:
        phrase, share = N_("moderators had rejected {share} of such ({n} decided)"), rejected
    else:
        phrase, share = N_("moderators had published {share} of such ({n} decided)"), published
    written = wording.decimal(100 * share, 0, language()) + "%"
    return wording.translated(phrase, language(), share=written, n=moved.decided)


def place(value: float | None) -> str:
    """A threshold in words."""
    return wording.translated("never", language()) if value is None else wording.digits(float(value), language())


def change_told(change: Change) -> str:
    """What changed, without where: «held from 0.60 → 0.50»."""
    field = wording.translated(_FIELDS[change.field], language())
    return f"{field} {_value(change, change.before)} → {_value(change, change.after)}"


def _value(change: Change, value: float | bool | None) -> str:
    if change.field in _SHARES and value is not None:
        return wording.percent(value, language())
    if isinstance(value, bool):
        return wording.translated(_YES if value else _NO, language())
    if value is None:
        return wording.translated("never", language())
    return wording.digits(float(value) if change.label else int(value), language())


@dashboard.app_context_processor
def _words() -> dict[str, object]:
    return {"place": place, "change_told": change_told, "rate": rate}
