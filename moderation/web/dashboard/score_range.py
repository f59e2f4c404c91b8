"""Held comments by score: a plot of what one label holds, a range of it, and one decision on exactly those shown.

What is shown without reasons elsewhere is not here at all, neither as a dot nor in the list: its place would tell its
score. A site that hides the scores of all has no such page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.domain.score_tally import BINS, bin_of
from moderation.domain.vocabulary import Label
from moderation.store import held_scores, policies
from moderation.store.held_scores import Dot, HeldByScore
from moderation.store.moderators import RoleAt
from moderation.store.policies import SiteRules
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, visitor
from moderation.web.dashboard.pictures import drawn
from moderation.web.dashboard.queue_view import back_to_list, is_blind
from moderation.web.dashboard.review_list import Told, decide_ticked, told_now, told_of
from moderation.web.errors import problem_of

MOST_SHOWN: Final = 100
"""Comments of a range at once: a person is to look at each."""
_MOST_DOTS: Final = 1_500
_READ_AHEAD: Final = 30
_DAMAGED: Final = "This page's address is damaged. Go back to the start of the review queue."


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; a range in hundredths, ``high`` excluded but for the highest score."""

    site: RoleAt
    rules: SiteRules
    label: Label
    low: int
    high: int
    chosen: bool


@dashboard.get("/review/scores")
def score_range() -> ResponseReturnValue:
    """The plot, and the comments of the chosen range. ``bulk`` names the act just done, for its undo."""
    return _show(_asked(request.args), told_of(request.args.get("bulk")))


@dashboard.post("/review/scores/decide")
def decide_range() -> ResponseReturnValue:
    """Publishes or rejects exactly the comments that were shown and left ticked."""
    bulk = decide_ticked()
    if not bulk.refused:
        return back_to_list(bulk=bulk.bulk_id)
    came_from = dict(parse_qsl(urlsplit(request.form.get("next", "")).query))
    page = _show(_asked(came_from), told_now(bulk))
    return page, HTTPStatus.OK if bulk.decided else HTTPStatus.CONFLICT


@dashboard.get("/review/scores/dots.svg")
def score_dots() -> ResponseReturnValue:
    """What one label holds, a dot for each comment or for so many."""
    asked = _asked(request.args)
    counts, _ = _counts(asked)
    return drawn("dots", {"counts": counts, "held_from": asked.rules.policy.thresholds[asked.label].hold})


def _show(asked: Asked, told: Told | None) -> str:
    counts, every = _counts(asked)
    rows, more = _rows(asked) if asked.chosen and not asked.rules.policy.blind else ([], False)
    here: dict[str, Any] = {"site": asked.site.slug, "label": asked.label.value}
    if asked.chosen:
        here |= {"low": asked.low, "high": asked.high}
    return render_template(
        "score_range.html",
        asked=asked,
        sites=_sites(),
        labels=list(Label),
        rows=rows,
        more=more,
        most=MOST_SHOWN,
        every=every,
        tenths=[(low, sum(counts[low : low + 10])) for low in range(0, BINS, 10)],
        may_decide=permits(asked.site.role, Permission.DECIDE),
        here=url_for("dashboard.score_range", **here),
        told=told,
        problem_of=problem_of,
        decide_at=url_for("dashboard.decide_range"),
        chosen_label=asked.label,
    )


def _counts(asked: Asked) -> tuple[list[int], int]:
    """Dots above each hundredth, and how many comments each stands for."""
    counts = [0] * BINS
    if asked.rules.policy.blind:
        return counts, 1
    with runtime().reading() as connection:
        held = held_scores.count(connection, asked.site.site_id, asked.label)
        every = max(1, -(-held // _MOST_DOTS))
        for dot in held_scores.dots(connection, asked.site.site_id, asked.label, every=every):
            if not is_blind(asked.rules, dot.id, drawn=False):
                counts[bin_of(dot.score)] += 1
    return counts, every


def _rows(asked: Asked) -> tuple[list[HeldByScore], bool]:
    """Up to ``MOST_SHOWN`` comments of the range, the lowest scores first, and whether there are more."""
    found: list[HeldByScore] = []
    after: Dot | None = None
    with runtime().reading() as connection:
        while True:
            page = held_scores.in_range(
                connection,
                asked.site.site_id,
                asked.label,
                low=asked.low / BINS,
                high=asked.high / BINS if asked.high < BINS else 2.0,
                limit=MOST_SHOWN + _READ_AHEAD,
                moderator_id=visitor().visitor.moderator_id,
                now=runtime().now(),
                after=after,
            )
            found += [one for one in page if not is_blind(asked.rules, one.id, drawn=False)]
            if len(found) > MOST_SHOWN or len(page) < MOST_SHOWN + _READ_AHEAD:
                return found[:MOST_SHOWN], len(found) > MOST_SHOWN
            after = Dot(page[-1].id, page[-1].score)


def _sites() -> list[RoleAt]:
    return [at for at in visitor().roles if permits(at.role, Permission.READ_REVIEW_QUEUE)]


def _asked(given: Mapping[str, str]) -> Asked:
    sites = _sites()
    if not sites:
        raise NotPermittedError("Your role may not read the review queue. Ask an administrator.")
    site = next((at for at in sites if given.get("site") in {None, "", at.slug}), None)
    if site is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    try:
        label = Label(given["label"]) if given.get("label") else None
        low, high = _hundredths(given.get("low"), 0), _hundredths(given.get("high"), BINS)
    except ValueError:
        raise InvalidValueError(_DAMAGED) from None
    with runtime().reading() as connection:
        rules = policies.rules_of(connection, [site.site_id])[site.site_id]
        label = label or held_scores.most_held(connection, site.site_id) or Label.TOXICITY
    chosen = bool(given.get("low") or given.get("high"))
    return Asked(site, rules, label, min(low, high), max(low, high), chosen)


def _hundredths(written: str | None, otherwise: int) -> int:
    if not written:
        return otherwise
    if not (written.isascii() and written.isdigit() and len(written) < 4 and int(written) <= BINS):
        raise ValueError(written)
    return int(written)
