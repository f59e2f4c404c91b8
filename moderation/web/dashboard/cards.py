"""One comment's card: what a moderator sees of it, and the verdict on it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.domain.policy import MARK_RULE, Policy
from moderation.domain.vocabulary import Label, RejectReason, State, Verdict
from moderation.steps import deciding, explaining
from moderation.steps.deciding import Judgement, Seen
from moderation.steps.explaining import Explained
from moderation.store import alike_groups, escalations, moderators, notes, policies, review_queue, scores
from moderation.store.review_queue import Card
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, role_at, site_ids, visitor
from moderation.web.dashboard.check_rows import check_rows
from moderation.web.dashboard.code_words import N_
from moderation.web.dashboard.highlighting import spans_of
from moderation.web.dashboard.next_card import address_of_next, wanted_filter
from moderation.web.dashboard.precedents import memory_of
from moderation.web.dashboard.queue_view import back_to_list, is_blind
from moderation.web.dashboard.scripted import by_script, done_by_script
from moderation.web.errors import Problem, problem_of

DECIDED_WORDS: Final = {State.PUBLISHED: N_("Published"), State.REJECTED: N_("Rejected")}
RECORDED_WORDS: Final = {
    State.PUBLISHED: N_("Published; it had arrived the first time"),
    State.REJECTED: N_("Rejected; it had arrived the first time"),
}
"""A script sent a decision again whose answer was lost."""


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
    return show(card_for(public_id, Permission.READ_REVIEW_QUEUE))


def show(card: Card, problem: Problem | None = None) -> ResponseReturnValue:
    """The card's page; with a problem, the same page telling it, under the problem's status."""
    may_decide = permits(role_at(card.site_id), Permission.DECIDE)
    with runtime().reading() as connection:
        rules = policies.rules_of(connection, [card.site_id])[card.site_id]
        blind = card.waits and is_blind(rules, card.id, drawn=card.drawn)
        bundle_id = None if blind else scores.scored_by(connection, card.id, card.revision)
        written = notes.of_comment(connection, card.id)
        handed = escalations.of(connection, [card.id]).get(card.id)
        colleagues = moderators.at_site(connection, card.site_id) if may_decide and card.waits else []
        alike = 1 if blind or not card.waits else alike_groups.size_around(connection, card.site_id, card.id)
    checks = [] if blind else card.checks
    fired = [check for check in checks if check["action"] != "publish"]
    explained = None if bundle_id is None else _explained(card, fired, bundle_id)
    page = render_template(
        "card.html",
        card=card,
        blind=blind,
        checks=check_rows(checks) if checks else [],
        fired=fired,
        marks=[check for check in checks if check["rule"] == MARK_RULE],
        explained=explained,
        spans=spans_of(explained),
        score_gone=bundle_id is not None and explained is None,
        scored={check["label"]: check["value"] for check in checks if check.get("label")},
        masked=_is_masked(rules.policy),
        labels=list(Label),
        predicted={check["label"] for check in fired if check.get("label")},
        reasons=[one for one in RejectReason if one is not RejectReason.LABELS],
        may_decide=may_decide,
        notes=written,
        handed=handed,
        alike=alike,
        memory=memory_of(card, blind=blind),
        colleagues=[one for one in colleagues if permits(one.role, Permission.DECIDE)],
        filter=wanted_filter(),
        done=_done(),
        problem=problem,
    )
    return page, problem.status if problem else 200


def _is_masked(policy: Policy) -> bool:
    """Whether slurs are masked: as this browser was last told by key, else as the person wants it, else as the site."""
    told = request.cookies.get("mask")
    if told in {"on", "off"}:
        return told == "on"
    wanted = visitor().visitor.mask
    return policy.mask if wanted == "auto" else wanted == "always"


def _done() -> uuid.UUID | None:
    """The decision just made, for its undo."""
    try:
        return uuid.UUID(request.args.get("done", ""))
    except ValueError:
        return None


def _explained(card: Card, fired: Sequence[Mapping[str, Any]], bundle_id: int) -> Explained | None:
    terms = [
        form for check in fired if check["rule"].startswith("term_list") for form in _forms(check.get("detail", ""))
    ]
    return explaining.explain(runtime().live.current(), bundle_id, card.text, _wanted_label(fired), terms)


def _forms(detail: str) -> list[str]:
    """The words of the comment that a check of the term lists names: «term (form)», or the term as it stands."""
    return [term.partition(" (")[2].removesuffix(")") or term for term in detail.split(", ")]


def _wanted_label(fired: Sequence[Mapping[str, Any]]) -> Label | None:
    """The label that the visitor chose, else the decisive one."""
    written = request.args.get("explain") or next((check["label"] for check in fired if check.get("label")), None)
    return Label(written) if written in set(Label) else None


@dashboard.post("/review/<uuid:public_id>/decide")
def decide(public_id: uuid.UUID) -> ResponseReturnValue:
    """Publishes or rejects what the page showed; if it went on meanwhile, the page says by whom and shows it anew.

    A script gets words for the row, and where to undo. Without one a row of the list leads back to the list, a card to
    the next card.
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
        return show(card_for(public_id, Permission.DECIDE), problem_of(error))
    except ValueError as error:
        raise InvalidValueError("The form was damaged. Load the page again and decide once more.") from error
    if by_script():
        undo = url_for("dashboard.undo", decision_id=decided.decision_id)
        words = RECORDED_WORDS if decided.again else DECIDED_WORDS
        return done_by_script(words[decided.state], undo=undo)
    if "next" in request.form:
        return back_to_list(done=decided.decision_id)
    return redirect(address_of_next(card, done=decided.decision_id), 303)


def _number(name: str) -> int:
    return int(request.form.get(name, ""))


def labels_of(written: Sequence[str]) -> list[Label]:
    """The labels of a form; ``ValueError`` for one that is none."""
    return [Label(one) for one in written]


def _reason(written: str | None) -> RejectReason | None:
    return RejectReason(written) if written else None
