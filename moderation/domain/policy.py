"""A site's policy: which scores, authors, links, reports and terms hold or reject a comment.

``judge`` runs every check, also after one has fired, so that a moderator sees the whole list; the strictest that fired
makes the outcome. Defaults are cautious (docs/policy.md): a machine rejects nothing but spam it is nearly sure of.
"""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from typing import Final

from moderation.domain.term_lists import Hit
from moderation.domain.vocabulary import Action, Label, ListAction, Script

STRICTNESS: Final = {Action.PUBLISH: 0, Action.HOLD: 1, Action.REJECT: 2}
_LABELS: Final = tuple(Label)
LONGEST_SCORED: Final = 10_000
"""Characters of a comment that a classifier reads; what is longer is held, since its end was scored by nobody."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores in [0, 1] from which a label holds or rejects; ``None`` is never."""

    hold: float | None = None
    reject: float | None = None


DEFAULT_THRESHOLDS: Final[Mapping[Label, Thresholds]] = {
    Label.TOXICITY: Thresholds(hold=0.65),
    Label.INSULT: Thresholds(hold=0.50),
    Label.PROFANITY: Thresholds(hold=0.50),
    Label.IDENTITY_ATTACK: Thresholds(hold=0.40),
    Label.THREAT: Thresholds(hold=0.40),
    Label.SEXUALLY_EXPLICIT: Thresholds(hold=0.40),
    Label.SPAM: Thresholds(hold=0.45, reject=0.99),
}


_ROMANIZED: Final = {
    Label.IDENTITY_ATTACK: Thresholds(hold=0.50),
    Label.THREAT: Thresholds(hold=0.30),
    Label.SEXUALLY_EXPLICIT: Thresholds(hold=0.50),
}
DEFAULT_BY_SCRIPT: Final[Mapping[Script, Mapping[Label, Thresholds]]] = {
    Script.ROMANIZED_BANGLA: _ROMANIZED,
    Script.ENGLISH: {
        Label.TOXICITY: Thresholds(hold=0.70),
        Label.INSULT: Thresholds(hold=0.20),
        Label.IDENTITY_ATTACK: Thresholds(hold=0.25),
        Label.SEXUALLY_EXPLICIT: Thresholds(hold=0.50),
    },
    Script.MIXED: _ROMANIZED,
}
"""What departs from DEFAULT_THRESHOLDS in a script."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """When a story holds everything by itself: within ``minutes`` at least ``least`` comments came to it, and ``share``
    of them, in [0, 1], were flagged for what they say. It lasts ``hold_minutes``.
    """

    share: float = 0.6
    least: int = 30
    minutes: int = 60
    hold_minutes: int = 60


DEFAULT_BREAKER: Final = Breaker()


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a site's rules. ``by_script`` overrides ``thresholds`` label by label for one script.

    ``audit_share`` of the automatic outcomes goes to a person who looks at it blind (``domain.audit``); with ``blind``
    every comment in the review queue is shown without its scores and reasons until it is decided. ``mask`` hides slurs
    until they are pointed at, for whoever has not chosen otherwise; ``mix_in`` is the share of the review queue that
    ordinary comments are to have, so that nobody reads only abuse for hours. ``breaker`` is ``None`` where no story
    holds everything by itself.
    """

    version: int = 0
    thresholds: Mapping[Label, Thresholds] = field(default_factory=lambda: dict(DEFAULT_THRESHOLDS))
    by_script: Mapping[Script, Mapping[Label, Thresholds]] = field(default_factory=lambda: dict(DEFAULT_BY_SCRIPT))
    hold_first_comments: int = 0
    hold_links_over: int | None = 2
    hold_reports_from: int | None = 3
    audit_share: float = 0.01
    blind: bool = False
    mask: bool = False
    mix_in: float = 0.10
    breaker: Breaker | None = DEFAULT_BREAKER

    def threshold(self, label: Label, script: Script) -> Thresholds:
        override = self.by_script.get(script, {}).get(label)
        return override or self.thresholds.get(label) or Thresholds()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a policy may look at for one revision.

    ``scores`` is in the order of ``Label``, or ``None`` where no classifier could score; ``author_published`` counts
    the author's comments that stand; ``reports`` counts distinct reporters; ``terms`` are the listed terms found, in
    their order. ``banned`` and ``suspended_until`` tell what is in force against the author at this moment.
    """

    scores: Sequence[float] | None
    script: Script
    author_published: int = 0
    links: int = 0
    reports: int = 0
    terms: Sequence[Hit] = ()
    length: int = 0
    everything_held: bool = False
    story_held: bool = False
    failed_attempts: bool = False
    rejected_before: bool = False
    banned: bool = False
    suspended_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that ran: what it measured against what, and what it asks for (``publish`` where it found nothing)."""

    rule: str
    action: Action
    label: Label | None = None
    value: float | None = None
    threshold: float | None = None
    detail: str = ""

    @property
    def fired(self) -> bool:
        return self.action is not Action.PUBLISH


_FIRED: Final = operator.attrgetter("fired")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the policy would do, and every check that led there, the strictest and so the decisive one first."""

    action: Action
    checks: tuple[Check, ...]
    policy_version: int

    @property
    def fired(self) -> tuple[Check, ...]:
        return tuple(takewhile(_FIRED, self.checks))

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(check.label for check in self.fired if check.label is not None)


_CIRCUMSTANCES: Final = frozenset(
    {
        "author_banned",
        "author_suspended",
        "everything_held",
        "story_held",
        "new_author",
        "no_classifier",
        "could_not_be_scored",
    }
)
"""Rules that say nothing of what was written."""


def is_flagged(outcome: Outcome) -> bool:
    """Whether a comment was held or rejected for what it says: what a hold itself holds must not prolong the hold."""
    return any(check.rule not in _CIRCUMSTANCES for check in outcome.fired)


def judge(policy: Policy, facts: Facts) -> Outcome:
    """Every check of the policy on one revision; the strictest one that fired decides, ties go to the higher margin."""
    checks = [*_score_checks(policy, facts), *_circumstance_checks(policy, facts)]
    ordered = sorted(checks, key=lambda check: (-STRICTNESS[check.action], -_margin(check)))
    action = ordered[0].action if ordered else Action.HOLD
    return Outcome(action, tuple(ordered), policy.version)


def _margin(check: Check) -> float:
    """How far over its threshold a check is; circumstances without a number come before scores of equal strictness."""
    if check.value is None or check.threshold is None:
        return 1.0
    return check.value - check.threshold


def _score_checks(policy: Policy, facts: Facts) -> Iterable[Check]:
    if facts.scores is None:
        rule = "could_not_be_scored" if facts.failed_attempts else "no_classifier"
        return [Check(rule, Action.HOLD)]
    return [
        _score_check(label, float(score), policy.threshold(label, facts.script))
        for label, score in zip(_LABELS, facts.scores, strict=True)
    ]


def _score_check(label: Label, score: float, thresholds: Thresholds) -> Check:
    if thresholds.reject is not None and score >= thresholds.reject:
        return Check("label_reject", Action.REJECT, label, score, thresholds.reject)
    if thresholds.hold is not None and score >= thresholds.hold:
        return Check("label_hold", Action.HOLD, label, score, thresholds.hold)
    return Check("label_hold", Action.PUBLISH, label, score, thresholds.hold)


def _circumstance_checks(policy: Policy, facts: Facts) -> Iterable[Check]:
    yield _sanction_check(facts)
    yield _plain("everything_held", facts.everything_held)
    yield _plain("story_held", facts.story_held)
    if policy.hold_first_comments > 0:
        yield _below("new_author", facts.author_published, policy.hold_first_comments)
    if policy.hold_links_over is not None:
        yield _reaches("links", facts.links, policy.hold_links_over + 1)
    if policy.hold_reports_from is not None:
        yield _reaches("reports", facts.reports, policy.hold_reports_from)
    yield from _term_checks(facts.terms)
    yield _plain("edited_after_rejection", facts.rejected_before)
    yield _reaches("too_long_to_score", facts.length, LONGEST_SCORED + 1)


BANNED_RULE: Final = "author_banned"
SUSPENDED_RULE: Final = "author_suspended"
"""Its check's ``detail`` is the time, in ISO 8601, at which the suspension ends."""


def _sanction_check(facts: Facts) -> Check:
    if facts.banned:
        return Check(BANNED_RULE, Action.REJECT)
    if facts.suspended_until is not None:
        return Check(SUSPENDED_RULE, Action.HOLD, detail=facts.suspended_until.isoformat(timespec="seconds"))
    return _plain(SUSPENDED_RULE, fired=False)


MARK_RULE: Final = "term_list_mark"
"""The one check that found something and asks for nothing."""
_LIST_RULES: Final = {
    ListAction.REJECT: ("term_list_reject", Action.REJECT),
    ListAction.HOLD: ("term_list", Action.HOLD),
    ListAction.MARK: (MARK_RULE, Action.PUBLISH),
}
_MOST_TOLD: Final = 10
_LONGEST_TOLD: Final = 60


def _term_checks(hits: Sequence[Hit]) -> Iterable[Check]:
    """One check for each act that the lists ask for; its detail says which term stands there, and in which form."""
    if not hits:
        yield _plain("term_list", fired=False)
        return
    for listed, (rule, action) in _LIST_RULES.items():
        told = list(dict.fromkeys(_told(hit) for hit in hits if hit.action is listed))
        if told:
            more = ["…"] if len(told) > _MOST_TOLD else []
            yield Check(rule, action, detail=", ".join(told[:_MOST_TOLD] + more))


def _told(hit: Hit) -> str:
    form = hit.form if len(hit.form) <= _LONGEST_TOLD else f"{hit.form[:_LONGEST_TOLD]}…"
    return hit.term if hit.form == hit.term else f"{hit.term} ({form})"


# Most comments fail the same few checks with the same few numbers; a batch makes thousands of them.
@lru_cache(maxsize=1024)
def _plain(rule: str, fired: bool, detail: str = "") -> Check:
    return Check(rule, Action.HOLD if fired else Action.PUBLISH, detail=detail)


@lru_cache(maxsize=4096)
def _reaches(rule: str, count: int, limit: int) -> Check:
    return Check(rule, Action.HOLD if count >= limit else Action.PUBLISH, value=count, threshold=limit)


@lru_cache(maxsize=4096)
def _below(rule: str, count: int, limit: int) -> Check:
    return Check(rule, Action.HOLD if count < limit else Action.PUBLISH, value=count, threshold=limit)
