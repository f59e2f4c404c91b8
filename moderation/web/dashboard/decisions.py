"""The log of decisions, narrowed down in its address, and taking one's own back."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.permission import Permission
from moderation.domain.vocabulary import Actor, Label, RejectReason
from moderation.steps import undoing
from moderation.store import decision_log, moderators, search
from moderation.store import decisions as store
from moderation.store.decision_log import Fate, Outcome, Wanted
from moderation.web.current import runtime
from moderation.web.dashboard import asked
from moderation.web.dashboard.asked import Asked
from moderation.web.dashboard.blueprint import dashboard, site_ids, visitor
from moderation.web.dashboard.code_words import N_
from moderation.web.dashboard.next_card import wanted_filter
from moderation.web.dashboard.queue_view import back_to_list
from moderation.web.dashboard.scripted import by_script, done_by_script

PAGE: Final = 50
FIELDS: Final = ("who", "what", "why", "fate", "site", "from", "to")
ACTORS: Final = {"people": Actor.MODERATOR, "automatic": Actor.CLASSIFIER, "site": Actor.SITE}
"""Who decided, where it is no one person: these words of the address."""
REASONS: Final = tuple(one for one in RejectReason if one is not RejectReason.LABELS)


@dashboard.get("/decisions")
def decisions() -> ResponseReturnValue:
    """The newest that fit; without any condition, simply the newest."""
    wanted_by = Asked(request.args, FIELDS)
    before = asked.identity(request.args.get("before", ""))
    chosen = _sites(wanted_by["site"])
    with runtime().reading() as connection:
        wanted = _wanted(wanted_by, chosen, search.time_zone_of(connection, chosen))
        rows = decision_log.latest(connection, wanted, before=before, limit=PAGE + 1)
        colleagues = {one.id: one.name for site_id in chosen for one in moderators.at_site(connection, site_id)}
    link = wanted_by.link()
    return render_template(
        "decisions.html",
        decisions=rows[:PAGE],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        asked={name: wanted_by[name] for name in FIELDS},
        link=link,
        here=url_for("dashboard.decisions", **link),
        colleagues=sorted(colleagues.items(), key=lambda one: one[1]),
        outcomes=list(Outcome),
        labels=list(Label),
        reasons=REASONS,
        sites=[at for at in visitor().roles if at.site_id in site_ids(Permission.READ_REVIEW_QUEUE)],
    )


def _sites(slug: str) -> list[int]:
    allowed = site_ids(Permission.READ_REVIEW_QUEUE)
    return [at.site_id for at in visitor().roles if at.site_id in allowed and slug in {"", at.slug}]


def _wanted(fields: Asked, sites: Sequence[int], zone: ZoneInfo) -> Wanted:
    who, why = fields["who"], fields["why"]
    last = asked.day(fields["to"], zone)
    return Wanted(
        site_ids=sites,
        actor=ACTORS.get(who),
        moderator_id=_moderator(who),
        outcome=asked.code(Outcome, fields["what"]),
        label=Label(why) if why in set(Label) else None,
        reason=None if why in set(Label) else asked.code(RejectReason, why),
        fate=asked.code(Fate, fields["fate"]),
        since=asked.day(fields["from"], zone),
        until=last + timedelta(days=1) if last else None,
    )


def _moderator(who: str) -> int | None:
    if who in ACTORS:
        return None
    return visitor().visitor.moderator_id if who == "me" else asked.identity(who)


@dashboard.post("/decisions/<uuid:decision_id>/undo")
def undo(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Takes one's own decision back; who undid from a card or from the log goes back there."""
    undoing.undo(
        runtime().work,
        moderator_id=visitor().visitor.moderator_id,
        decision_id=decision_id,
        now=runtime().now(),
    )
    if request.form.get("from") == "card":
        return _to_its_card(decision_id)
    return _to_the_log() if request.form.get("from") == "log" else _undone()


def _to_its_card(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The very comment, under the filter that the person came with."""
    with runtime().reading() as connection:
        public_id = store.comment_of(connection, decision_id)
    return redirect(url_for("dashboard.card", public_id=public_id, **wanted_filter()), 303)


def _to_the_log() -> ResponseReturnValue:
    """The log as it was narrowed down; only what its address may say is taken from the form."""
    sent = dict(parse_qsl(urlsplit(request.form.get("next", "")).query))
    return redirect(url_for("dashboard.decisions", **Asked(sent, FIELDS).link()), 303)


@dashboard.post("/decisions/bulk/<uuid:bulk_id>/undo")
def undo_bulk(bulk_id: uuid.UUID) -> ResponseReturnValue:
    """Takes back what one act decided; comments that went on since stay as they are."""
    undoing.undo_many(runtime().work, moderator_id=visitor().visitor.moderator_id, bulk_id=bulk_id, now=runtime().now())
    return _undone()


def _undone() -> ResponseReturnValue:
    return done_by_script(N_("Back in the review queue")) if by_script() else back_to_list()
