"""The review queue and one comment's card."""

import uuid
from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain import audit
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.domain.policy import MARK_RULE
from moderation.domain.vocabulary import Label, RejectReason, Verdict
from moderation.steps import deciding
from moderation.steps.deciding import Judgement, Seen
from moderation.store import policies, review_queue
from moderation.store.policies import SiteRules
from moderation.store.review_queue import Card, Cursor
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, role_at, site_ids, visitor
from moderation.web.errors import Problem, problem_of

PAGE = 25


@dashboard.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("dashboard.review"))


@dashboard.get("/review")
def review() -> ResponseReturnValue:
    """Held comments, the highest priority first; ``done`` names the decision just made, for its undo."""
    now, chosen = runtime().now(), _chosen_sites()
    with runtime().reading() as connection:
        rows = review_queue.held(connection, chosen, after=_cursor(request.args.get("after")), limit=PAGE + 1, now=now)
        rules = policies.rules_of(connection, chosen)
    following = rows[PAGE - 1] if len(rows) > PAGE else None
    return render_template(
        "review.html",
        comments=rows[:PAGE],
        blind={one.id for one in rows if _is_blind(rules[one.site_id], one.id, drawn=one.drawn)},
        after=f"{following.priority!r}:{following.id}" if following else None,
        sites=visitor().roles,
        site=request.args.get("site", ""),
        done=request.args.get("done"),
    )


def _is_blind(rules: SiteRules, comment_id: int, *, drawn: bool) -> bool:
    return audit.is_shown_blind(rules.policy, runtime().vault.keyed_digest, comment_id, drawn=drawn)


def _chosen_sites() -> list[int]:
    allowed = site_ids(Permission.READ_REVIEW_QUEUE)
    wanted = request.args.get("site")
    return [at.site_id for at in visitor().roles if at.site_id in allowed and wanted in {None, "", at.slug}]


def _cursor(written: str | None) -> Cursor | None:
    priority, _, identity = (written or "").partition(":")
    try:
        return Cursor(float(priority), int(identity)) if written else None
    except ValueError:
        raise InvalidValueError("This page's address is damaged. Go back to the start of the review queue.") from None


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
    blind = card.waits and _is_blind(rules, card.id, drawn=card.drawn)
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
    """Publishes or rejects what the page showed; if it went on meanwhile, the page says by whom and shows it anew."""
    card = card_for(public_id, Permission.DECIDE)
    try:
        judgement = Judgement(
            moderator_id=visitor().visitor.moderator_id,
            role=role_at(card.site_id),
            verdict=Verdict(request.form.get("verdict", "")),
            labels=_labels(request.form.getlist("label")),
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
        return _show(card_for(public_id, Permission.DECIDE), problem_of(error))
    except ValueError as error:
        raise InvalidValueError("The form was damaged. Load the page again and decide once more.") from error
    return redirect(url_for("dashboard.review", done=decided.decision_id), 303)


def _number(name: str) -> int:
    return int(request.form.get(name, ""))


def _labels(written: Sequence[str]) -> list[Label]:
    return [Label(one) for one in written]


def _reason(written: str | None) -> RejectReason | None:
    return RejectReason(written) if written else None
