"""What an address asks of the review queue, and what of it must stay hidden: shared by the list and the cards."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain import audit
from moderation.domain.errors import InvalidValueError
from moderation.domain.permission import Permission
from moderation.domain.vocabulary import Label, Script
from moderation.store.policies import SiteRules
from moderation.store.queue_parts import Cursor, HandedOn, Sort, View
from moderation.store.queue_rows import QueueRow
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import site_ids, visitor

FILTERS: Final = frozenset({"sort", "site", "story", "script", "label", "handed"})
"""What narrows or orders the list; a card carries it on, so that its next card is one of the same list."""
LIST_FILTERS: Final = FILTERS | {"after"}
"""What the address of the review queue may say of the list."""

RANGE_FILTERS: Final = frozenset({"site", "label", "low", "high"})
"""What the address of the page by score may say."""


def is_blind(rules: SiteRules, comment_id: int, *, drawn: bool) -> bool:
    """Whether scores and reasons of a waiting comment are hidden until it is decided."""
    return audit.is_shown_blind(rules.policy, runtime().vault.keyed_digest, comment_id, drawn=drawn)


def hides(row: QueueRow, rules: Mapping[int, SiteRules], view: View) -> bool:
    """A list by label would tell of a comment that is shown without reasons why it is held.

    What stands for a whole wave is in it all the same: a drawn one never does, so there is nothing to tell, and with it
    hundreds would be missing.
    """
    return view.label is not None and row.alike == 1 and is_blind(rules[row.site_id], row.id, drawn=row.drawn)


def chosen_sites(asked: Mapping[str, str]) -> list[int]:
    allowed = site_ids(Permission.READ_REVIEW_QUEUE)
    wanted = asked.get("site")
    return [at.site_id for at in visitor().roles if at.site_id in allowed and wanted in {None, "", at.slug}]


def view_of(asked: Mapping[str, str], chosen: Sequence[int], rules: Mapping[int, SiteRules]) -> View:
    try:
        label = Label(asked["label"]) if asked.get("label") else None
        return View(
            moderator_id=visitor().visitor.moderator_id,
            site_ids=[one for one in chosen if label is None or not rules[one].policy.blind],
            sort=Sort(asked.get("sort") or Sort.PRIORITY),
            story_id=row_id(asked["story"]) if asked.get("story") else None,
            script=Script(asked["script"]) if asked.get("script") else None,
            label=label,
            handed_on=HandedOn(asked["handed"]) if asked.get("handed") else None,
        )
    except ValueError:
        raise InvalidValueError("This page's address is damaged. Go back to the start of the review queue.") from None


def row_id(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise ValueError(written)
    return int(written)


def cursor_of(written: str | None) -> Cursor | None:
    priority, _, identity = (written or "").partition(":")
    try:
        return Cursor(float(priority), row_id(identity)) if written else None
    except ValueError:
        raise InvalidValueError("This page's address is damaged. Go back to the start of the review queue.") from None


def back_to_list(**more: Any) -> ResponseReturnValue:
    """To the review queue, or the page by score, as the form's page showed it, else from its start."""
    came_from = urlsplit(request.form.get("next", ""))
    filters = dict(parse_qsl(came_from.query))
    if came_from.path == url_for("dashboard.score_range"):
        chosen: dict[str, Any] = {name: value for name, value in filters.items() if name in RANGE_FILTERS}
        return redirect(url_for("dashboard.score_range", **chosen, **more), 303)
    kept: dict[str, Any] = {name: value for name, value in filters.items() if name in LIST_FILTERS}
    return redirect(url_for("dashboard.review", **kept, **more), 303)
