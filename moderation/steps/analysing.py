"""Text → scores, reasons, and what a policy would do; stored nowhere. Scoring uses it, and so will the doors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from classifiers import Scored
from moderation.domain.policy import Facts, Outcome, judge
from moderation.domain.priority import priority
from moderation.domain.sanction import in_force
from moderation.domain.vocabulary import Sanction, Script
from moderation.store.comments import Waiting
from moderation.store.policies import SiteRules


class Scorer(Protocol):
    """What scoring needs of a bundle."""

    @property
    def name(self) -> str: ...

    def score(self, texts: Sequence[str]) -> Sequence[Scored]:
        """The scores of the texts, in their order."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """A waiting comment with its scores (none where it could not be scored), outcome and priority."""

    waiting: Waiting
    scored: Scored | None
    outcome: Outcome
    priority: float


def score(bundle: Scorer, batch: Sequence[Waiting]) -> Sequence[Scored]:
    """The scores of a batch, in its order. What a text provokes in a classifier is raised as it is."""
    return bundle.score([waiting.text for waiting in batch])


def analyse(
    waiting: Waiting, scored: Scored | None, rules: SiteRules, *, now: datetime, failed: bool = False
) -> Analysed:
    """What a site's policy would do with a comment, scored or not."""
    standing = in_force(waiting.sanction, waiting.sanctioned_until, now)
    facts = Facts(
        scores=scored.scores if scored else None,
        script=Script(scored.script) if scored else Script.UNDETERMINED,
        author_published=waiting.author_published,
        links=waiting.links,
        reports=waiting.reports,
        terms=rules.terms.hits(scored.normalised) if scored else (),
        length=len(waiting.text),
        everything_held=rules.hold_everything_until is not None and rules.hold_everything_until > now,
        story_held=waiting.story_held_until is not None and waiting.story_held_until > now,
        failed_attempts=failed,
        rejected_before=waiting.rejected_before,
        banned=standing is Sanction.BAN,
        suspended_until=waiting.sanctioned_until if standing is Sanction.SUSPENSION else None,
    )
    outcome = judge(rules.policy, facts)
    return Analysed(waiting, scored, outcome, priority(facts.scores, facts.reports))
