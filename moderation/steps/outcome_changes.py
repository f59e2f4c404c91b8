"""Which of the newest comments would be treated otherwise by another bundle, under each site's policy as it is now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from classifiers import Bundle, Scored
from moderation.domain.policy import Outcome
from moderation.domain.vocabulary import Action
from moderation.steps import analysing
from moderation.store import comments, policies
from moderation.store.comments import Waiting
from moderation.store.policies import SiteRules
from moderation.store.unit_of_work import UnitOfWork

NEWEST: Final = 5_000
"""So many of the newest comments are looked at: a few days of a large site, scored in a second."""


@dataclass(frozen=True, eq=False)
class Recent:
    """The newest comments, and the rules of their sites."""

    comments: Sequence[Waiting]
    rules: Mapping[int, SiteRules]


@dataclass(frozen=True, slots=True)
class Change:
    """One comment, what becomes of it with either bundle, and the rule, label and scores that decide it.

    ``moved`` is by how much the deciding score moved.
    """

    site: str
    comment: str
    text: str
    before: Action
    after: Action
    why: str
    score_before: float | None
    score_after: float | None

    @property
    def moved(self) -> float:
        return abs((self.score_after or 0.0) - (self.score_before or 0.0))


@dataclass(frozen=True)
class Changes:
    """All changes among ``of`` comments, those whose score moved most first."""

    of: int
    all: Sequence[Change]

    @property
    def counts(self) -> Mapping[tuple[Action, Action], int]:
        """How many go from one action to another."""
        return Counter((one.before, one.after) for one in self.all)


def read_recent(unit: UnitOfWork) -> Recent:
    # What a comment was decided to be must not decide here what it would become.
    found = [replace(one, rejected_before=False, sanction=None) for one in comments.newest(unit.connection, NEWEST)]
    return Recent(found, policies.rules_of(unit.connection, sorted({one.site_id for one in found})))


def changes(recent: Recent, before: Bundle, after: Bundle, *, now: datetime) -> Changes:
    """Both bundles on the recent comments. Opens no transaction."""
    texts = [one.text for one in recent.comments]
    pairs = zip(recent.comments, before.score(texts), after.score(texts), strict=True)
    found = [_change(recent.rules[one.site_id], one, old, new, now) for one, old, new in pairs]
    ordered = sorted((one for one in found if one is not None), key=lambda one: -one.moved)
    return Changes(len(texts), ordered)


def _change(rules: SiteRules, waiting: Waiting, old: Scored, new: Scored, now: datetime) -> Change | None:
    outcomes = [analysing.analyse(waiting, scored, rules, now=now).outcome for scored in (old, new)]
    if outcomes[0].action is outcomes[1].action:
        return None
    stricter = max(outcomes, key=lambda one: _STRICTNESS[one.action])
    why, scores = _deciding(stricter, old, new)
    return Change(rules.slug, waiting.ext_id, waiting.text, outcomes[0].action, outcomes[1].action, why, *scores)


_STRICTNESS: Final = {Action.PUBLISH: 0, Action.HOLD: 1, Action.REJECT: 2}


def _deciding(outcome: Outcome, old: Scored, new: Scored) -> tuple[str, tuple[float | None, float | None]]:
    """The label over its threshold in the stricter outcome, and its score in both."""
    check = outcome.checks[0]
    if check.label is None:
        return check.rule, (None, None)
    index = list(type(check.label)).index(check.label)
    return check.label.value, (old.scores[index], new.scores[index])
