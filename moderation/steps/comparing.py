"""What the sites' policies would do with one bundle's scores in place of another's, on comments that came lately.

Scores are those that are stored, the live bundle's and its shadow's; what is missing is scored again, by the bundle and
not by memory, and stored nowhere. No transaction is open meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from classifiers import Bundle, Scored, load_bundle
from moderation.domain.vocabulary import Action, Script
from moderation.steps import analysing
from moderation.steps.analysing import Analysed
from moderation.store import bundles, outcome_changes, policies
from moderation.store.bundles import Listed
from moderation.store.outcome_changes import Recent
from moderation.store.policies import SiteRules
from moderation.store.unit_of_work import Work

DAYS: Final = 14
MOST: Final = 5_000
"""Comments that are compared at most, the newest."""
EXAMPLES: Final = 20
"""Changes that are shown in each direction."""
_BATCH: Final = 256

Progress = Callable[[int, int], None]
"""Told how many comments were scored again, of how many."""


@dataclass(frozen=True, slots=True)
class Change:
    """One comment whose outcome would be another; ``labels`` are those whose checks fire differently."""

    public_id: str
    site_id: int
    text: str
    script: Script
    before: Action
    after: Action
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """``by_way`` counts (before, after); ``by_script`` and ``by_label`` count the changes, both ways together."""

    a: str
    b: str
    comments: int
    scored_again: int
    changed: int
    by_way: Mapping[tuple[Action, Action], int]
    by_script: Mapping[Script, int]
    by_label: Mapping[str, int]
    examples: Sequence[Change]

    def to_dict(self) -> dict[str, Any]:
        """For scripts that read the command's answer."""
        return {
            "a": self.a,
            "b": self.b,
            "comments": self.comments,
            "scored_again": self.scored_again,
            "changed": self.changed,
            "ways": [{"from": before, "to": after, "comments": n} for (before, after), n in self.by_way.items()],
            "by_script": dict(self.by_script),
            "by_label": dict(self.by_label),
            "examples": [
                {
                    "id": one.public_id,
                    "script": one.script,
                    "from": one.before,
                    "to": one.after,
                    "labels": one.labels,
                    "text": one.text,
                }
                for one in self.examples
            ],
        }


def compare(
    work: Work,
    a: str,
    b: str,
    *,
    now: datetime,
    days: int = DAYS,
    most: int = MOST,
    progress: Progress = lambda *_: None,
) -> Compared:
    """The outcome changes from bundle ``a`` to ``b``, given by name or digest.

    Raises:
        NotFoundError, ConflictError: a bundle is not there, or not named clearly.
        BundleError: one that must score again is not sound.
    """
    with work() as unit:
        pair = [bundles.find(unit.connection, name) for name in (a, b)]
        comments = outcome_changes.recent(
            unit.connection, [one.id for one in pair], since=now - timedelta(days=days), most=most
        )
        rules = policies.rules_of(unit.connection, sorted({one.waiting.site_id for one in comments}))
        known = [_stored(comments, index) for index in range(len(pair))]
        loaded = [
            load_bundle(bundles.content_of(unit.connection, bundle.id)) if None in scores else None
            for bundle, scores in zip(pair, known, strict=True)
        ]
    missing = sum(scores.count(None) for scores in known)
    done = 0
    for bundle, scores in zip(loaded, known, strict=True):
        for batch in _gaps(scores):
            _fill(bundle, scores, batch, comments)
            done += len(batch)
            progress(done, missing)
    return summarise(pair, comments, known, rules, scored_again=missing, now=now)


def compare_stored(
    work: Work, a: Listed, b: Listed, *, site_ids: Sequence[int], now: datetime, days: int = DAYS, most: int = MOST
) -> Compared:
    """The same from stored scores alone, on comments of these sites that both bundles have scored: quick."""
    with work() as unit:
        comments = outcome_changes.recent(
            unit.connection,
            [a.id, b.id],
            since=now - timedelta(days=days),
            most=most,
            site_ids=site_ids,
            stored_only=True,
        )
        rules = policies.rules_of(unit.connection, sorted({one.waiting.site_id for one in comments}))
    known = [_stored(comments, index) for index in (0, 1)]
    return summarise([a, b], comments, known, rules, scored_again=0, now=now)


def _stored(comments: Sequence[Recent], index: int) -> list[Scored | None]:
    """The stored scores of one bundle, ``None`` where there are none."""
    return [
        Scored(one.normalised, one.script, tuple(scores))
        if (scores := one.scores[index]) is not None and one.normalised is not None and one.script is not None
        else None
        for one in comments
    ]


def _gaps(scores: Sequence[Scored | None]) -> Iterator[list[int]]:
    """Where scores are missing, a batch at a time."""
    gaps = [at for at, one in enumerate(scores) if one is None]
    return (gaps[start : start + _BATCH] for start in range(0, len(gaps), _BATCH))


def _fill(bundle: Bundle | None, scores: list[Scored | None], batch: Sequence[int], comments: Sequence[Recent]) -> None:
    assert bundle is not None  # noqa: S101 - loaded where there are gaps
    found = bundle.score([comments[at].waiting.text for at in batch])
    for at, one in zip(batch, found, strict=True):
        scores[at] = one


def summarise(
    pair: Sequence[Listed],
    comments: Sequence[Recent],
    scored: Sequence[Sequence[Scored | None]],
    rules: Mapping[int, SiteRules],
    *,
    scored_again: int,
    now: datetime,
) -> Compared:
    """Both bundles' outcomes under each site's policy, and where they part."""
    changes = []
    for one, before, after in zip(comments, *scored, strict=True):
        if before is None or after is None:
            continue
        site = rules[one.waiting.site_id]
        first, second = (analysing.analyse(one.waiting, scores, site, now=now) for scores in (before, after))
        if first.outcome.action is not second.outcome.action:
            changes.append(_change(one, Script(after.script), first, second))
    ways = Counter((change.before, change.after) for change in changes)
    return Compared(
        a=pair[0].name,
        b=pair[1].name,
        comments=len(comments),
        scored_again=scored_again,
        changed=len(changes),
        by_way=dict(ways.most_common()),
        by_script=dict(Counter(change.script for change in changes).most_common()),
        by_label=dict(Counter(label for change in changes for label in change.labels).most_common()),
        examples=_examples(changes, ways),
    )


def _change(one: Recent, script: Script, before: Analysed, after: Analysed) -> Change:
    labels = {label.value for label in before.outcome.labels} ^ {label.value for label in after.outcome.labels}
    return Change(
        public_id=str(one.waiting.public_id),
        site_id=one.waiting.site_id,
        text=one.waiting.text,
        script=script,
        before=before.outcome.action,
        after=after.outcome.action,
        labels=tuple(sorted(labels or {label.value for label in after.outcome.labels})),
    )


def _examples(changes: Sequence[Change], ways: Mapping[tuple[Action, Action], int]) -> list[Change]:
    """The newest of each direction."""
    return [change for way in ways for change in [one for one in changes if (one.before, one.after) == way][:EXAMPLES]]
