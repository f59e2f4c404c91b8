"""One comment's card, and the decision on it."""

import uuid
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain import audit
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.domain.policy import MARK_RULE
from moderation.domain.vocabulary import Label, RejectReason, State, Verdict
from moderation.steps import deciding
from moderation.steps.deciding import Judgement, Seen
from moderation.store import policies, review_queue
from moderation.store.policies import SiteRules
from moderation.store.review_queue import Card
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, role_at, site_ids, visitor
from moderation.web.dashboard.code_words import N_
from moderation.web.dashboard.scripted import by_script, done_by_script
from moderation.web.errors import Problem, problem_of

LIST_FILTERS: Final = frozenset({"sort", "site", "story", "script", "label", "handed", "after"})
"""What the address of the review queue may say of the list."""
DECIDED_WORDS: Final = {State.PUBLISHED: N_("Published"), State.REJECTED: N_("Rejected")}


def is_blind(rules: SiteRules, comment_id: int, *, drawn: bool) -> bool:
    """Whether scores and reasons of a waiting comment are hidden until it is decided."""
    return audit.is_shown_blind(rules.policy, runtime().vault.keyed_digest, comment_id, drawn=drawn)


def card_for(public_id: uuid.UUID, permission: Permission) -> Card:
    """The card, as if absent where it is another desk's."""
    with runtime().reading() as connection:
        card = review_queue.card(connection, public_id, site_ids(Permission.READ_REVIEW_QUEUE), runtime().now())
    if card is None:
        raise NotFoundError("There is no such comment here. It may belong to another desk.")
    if not permits(role_at(card.site_id), permission):
        raise NotPermittedError("Your role may read this comment but not decide. Ask an administrator.")
    return card


@dashboard.get("/review/<uuid:public_id>")
def card(public_id: uuid.UUID) -> ResponseReturnValue:
    return _show(card_for(public_id, Permission.READ_REVIEW_QUEUE))


def _show(card: Card, problem: Problem | None = None) -> ResponseReturnValue:
    with runtime().reading() as connection:
        rules = policies.rules_of(connection, [card.site_id])[card.site_id]
    blind = card.waits and is_blind(rules, card.id, drawn=card.drawn)
    fired = [] if blind else [check for check in card.checks if check["action"] != "publish"]
    page = render_template(
        "card.html",
        card=card,
        blind=blind,
        fired=fired,
        marks=[] if blind else [check for check in card.checks if check["rule"] == MARK_RULE],
        others=[] if blind else [one for one in card.checks if one["action"] == "publish" and one["rule"] != MARK_RULE],
        labels=list(Label),
        predicted={check["label"] for check in fired if check.get("label")},
        reasons=[one for one in RejectReason if one is not RejectReason.LABELS],
        may_decide=permits(role_at(card.site_id), Permission.DECIDE),
        problem=problem,
    )
    return page, problem.status if problem else 200


@dashboard.post("/review/<uuid:public_id>/decide")
def decide(public_id: uuid.UUID) -> ResponseReturnValue:
    """Publishes or rejects what the page showed; if it went on meanwhile, the page says by whom and shows it anew.

    A script gets words for the row, and where to undo.
    """
    card = card_for(public_id, Permission.DECIDE)
    try:
        judgement = Judgement(
            moderator_id=visitor().visitor.moderator_id,
            role=role_at(card.site_id),
            verdict=Verdict(request.form.get("verdict", "")),
            labels=labels_of(request.form.getlist("label")),
            reason=_reason(request.form.get("reason")),
        )
        decided = deciding.decide(
            runtime().work,
            judgement,
            Seen(public_id, _number("revision"), _number("version")),
            undo_seconds=runtime().settings.undo_seconds,
            now=runtime().now(),
        )
    except (ConflictError, InvalidValueError) as error:
        if by_script():
            raise
        return _show(card_for(public_id, Permission.DECIDE), problem_of(error))
    except ValueError as error:
        raise InvalidValueError("The form was damaged. Load the page again and decide once more.") from error
    if by_script():
        undo = url_for("dashboard.undo", decision_id=decided.decision_id)
        return done_by_script(DECIDED_WORDS[decided.state], undo=undo)
    return back_to_list(done=decided.decision_id)


def back_to_list(**more: Any) -> ResponseReturnValue:
    """To the review queue as the form's page showed it, else from its start."""
    filters = dict(parse_qsl(urlsplit(request.form.get("next", "")).query))
    kept: dict[str, Any] = {name: value for name, value in filters.items() if name in LIST_FILTERS}
    return redirect(url_for("dashboard.review", **kept, **more), 303)


def _number(name: str) -> int:
    return int(request.form.get(name, ""))


def labels_of(written: Sequence[str]) -> list[Label]:
    """The labels of a form; ``ValueError`` for one that is none."""
    return [Label(one) for one in written]


def _reason(written: str | None) -> RejectReason | None:
    return RejectReason(written) if written else None
