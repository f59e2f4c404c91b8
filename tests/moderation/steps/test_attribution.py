"""A site is told what really decided or held: the classifier, a rule of its own policy, its readers, or a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from moderation.domain.event import Edited, Moderated, Reported
from moderation.domain.vocabulary import BodyFormat, Label, ListAction, Mode, RejectReason, Role, Verdict
from moderation.steps import deciding, enrolling, listing_terms, scoring, setting_rules, undoing
from moderation.store.schema import Callback, Moderator
from tests.factories import NOW, World

_THREAT = (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)
_SPAM = (0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.995)
_LINKS = "https://a.example https://b.example https://c.example"


@dataclass(frozen=True)
class _Case:
    """What happens to the comment ``c1``, and what its latest callback says then."""

    happens: Callable[[World, int], object]
    kind: str
    rules: tuple[str, ...]
    more: dict[str, str] | None = None
    mode: Mode = Mode.PUBLISH_FIRST


def _scored(body: str) -> Callable[[World, int], object]:
    def happens(world: World, site_id: int) -> None:
        world.make_comment(site_id, body=body)
        world.score(world.words(মারবো=_THREAT, কিনুন=_SPAM))

    return happens


def _unscored(world: World, site_id: int) -> None:
    world.make_comment(site_id)
    scoring.score_comments(world.work, lambda: None, now=lambda: NOW)


def _after(step: Callable[[World], object], body: str = "শুভ সকাল") -> Callable[[World, int], object]:
    def happens(world: World, site_id: int) -> None:
        step(world)
        _scored(body)(world, site_id)

    return happens


def _reported(world: World, site_id: int) -> None:
    _scored("শুভ সকাল")(world, site_id)
    world.receive(site_id, *(Reported("c1", f"reader-{n}", "rude", NOW) for n in range(3)))


def _edited(world: World, site_id: int) -> None:
    _scored("শুভ সকাল")(world, site_id)
    world.receive(site_id, Edited("c1", "নতুন", BodyFormat.PLAIN, NOW + timedelta(minutes=1)))


def _edited_after_rejection(world: World, site_id: int) -> None:
    _scored("শুভ সকাল")(world, site_id)
    world.receive(site_id, Moderated("c1", Verdict.REJECT, (Label.INSULT,), RejectReason.LABELS, "desk", NOW))
    world.receive(site_id, Edited("c1", "নতুন", BodyFormat.PLAIN, NOW + timedelta(minutes=1)))
    world.score()


def _decided(verdict: Verdict) -> Callable[[World, int], object]:
    def happens(world: World, site_id: int) -> deciding.Decided:
        public_id = world.make_held(site_id)
        return deciding.decide(
            world.work,
            deciding.Judgement(
                world.make_moderator(),
                Role.EDITOR,
                verdict,
                labels=(Label.THREAT,) if verdict is Verdict.REJECT else (),
            ),
            deciding.Seen(public_id, 1, 1),
            undo_seconds=0,
            now=NOW,
        )

    return happens


def _undone(world: World, site_id: int) -> None:
    decided = _decided(Verdict.APPROVE)(world, site_id)
    assert isinstance(decided, deciding.Decided)
    with world.work() as unit:
        unit.connection.execute(update(Callback).values(state="delivered"))
        moderator_id = unit.connection.execute(select(Moderator.id)).scalar_one()
    undoing.undo(world.work, moderator_id=moderator_id, decision_id=decided.decision_id, now=NOW)


def _policy(**document: object) -> Callable[[World], object]:
    return lambda world: setting_rules.set_policy(world.work, site_slug="khobor", document=document)


_CASES = {
    "published": _Case(_scored("শুভ সকাল"), "classifier", ()),
    "rejected as spam": _Case(_scored("কিনুন"), "classifier", ("label_reject",)),
    "held for a label": _Case(_scored("মারবো"), "classifier", ("label_hold", "label_hold")),
    "held for a label, links beside it": _Case(_scored(f"কিনুন {_LINKS}"), "classifier", ("label_reject", "links")),
    "links": _Case(_scored(_LINKS), "policy", ("links",), {"rule": "links"}),
    "links before a label": _Case(
        _scored(f"মারবো {_LINKS} {_LINKS}"), "policy", ("links", "label_hold", "label_hold"), {"rule": "links"}
    ),
    "a new author": _Case(_after(_policy(hold_first_comments=1)), "policy", ("new_author",), {"rule": "new_author"}),
    "a listed term": _Case(
        _after(lambda world: listing_terms.set_terms(world.work, site_slug="khobor", name="x", terms=["সকাল"])),
        "term_list",
        ("term_list",),
    ),
    "a term that rejects": _Case(
        _after(
            lambda world: listing_terms.set_terms(
                world.work, site_slug="khobor", name="x", terms=["সকাল"], action=ListAction.REJECT
            )
        ),
        "term_list",
        ("term_list_reject",),
    ),
    "everything held": _Case(
        _after(lambda world: enrolling.hold_everything(world.work, site_slug="khobor", until=NOW + timedelta(hours=1))),
        "policy",
        ("everything_held",),
        {"rule": "everything_held"},
    ),
    "too long": _Case(_scored("ক " * 6_000), "policy", ("too_long_to_score",), {"rule": "too_long_to_score"}),
    "no classifier": _Case(_unscored, "policy", ("no_classifier",), {"rule": "no_classifier"}),
    "reports": _Case(_reported, "reports", ("reports",)),
    "edited on a site that holds first": _Case(
        _edited, "policy", ("edited",), {"rule": "edited"}, mode=Mode.HOLD_FIRST
    ),
    "edited after a rejection": _Case(
        _edited_after_rejection, "policy", ("edited_after_rejection",), {"rule": "edited_after_rejection"}
    ),
    "approved by a person": _Case(_decided(Verdict.APPROVE), "moderator", (), {"role": "editor"}),
    "rejected by a person": _Case(_decided(Verdict.REJECT), "moderator", ("moderator",), {"role": "editor"}),
    "undone": _Case(_undone, "moderator", ("undone",)),
}


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_the_callback_names_what_really_decided(world: World, case: _Case) -> None:
    site_id = world.make_site(mode=case.mode)
    world.make_endpoint(site_id)

    case.happens(world, site_id)

    with world.runtime.reading() as connection:
        told: dict[str, Any] = connection.execute(
            select(Callback.payload).order_by(Callback.version.desc()).limit(1)
        ).scalar_one()
    by = dict(told["decided_by"])
    assert by.pop("kind") == case.kind
    assert tuple(reason["rule"] for reason in told["reasons"]) == case.rules
    if case.kind == "classifier":
        assert by.pop("bundle").startswith("by-word")
    assert by == (case.more or {})
