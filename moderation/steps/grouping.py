"""Step 3, beside it: comments that are alike find each other, so that one decision can settle them.

What is held, and what a person decides, is grouped; what the classifier publishes or rejects by itself is not, which
keeps the way of most comments free of it. A comment joins the group of the earlier first wording that it is most like;
one that is like none is the first of its own, for others to join. So no chain of small steps makes different comments
one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from classifiers import ALIKE, Sketch, sketch
from moderation.store import likenesses
from moderation.store.comments import Known
from moderation.store.likenesses import Keyed, Wording
from moderation.store.unit_of_work import UnitOfWork, Work

_EARLIER: Final = 200
"""Comments that were stored before to a transaction, so that scoring never waits long for its turn."""


@dataclass(slots=True)
class _Firsts:
    """First wordings by what they may be found by: those that are stored, and those of this very batch."""

    stored: Mapping[int, Sequence[tuple[int, Sketch]]]
    fresh: dict[tuple[int, int], list[tuple[int, Sketch]]]

    def nearest(self, keyed: Keyed, own: Sketch) -> int | None:
        """The first wording that is most like this one, of equals the oldest; itself where it is one already."""
        stored = self.stored.get(keyed.revision_id, ())
        fresh = [one for band in keyed.bands for one in self.fresh.get((keyed.site_id, band), ())]
        alike = [(own.likeness(other), -first_id) for first_id, other in (*stored, *fresh)]
        if (1.0, -keyed.revision_id) in alike:
            return keyed.revision_id
        best, negative = max(alike, default=(0.0, 0))
        return -negative if best >= ALIKE else None

    def add(self, keyed: Keyed, own: Sketch) -> None:
        for band in keyed.bands:
            self.fresh.setdefault((keyed.site_id, band), []).append((keyed.revision_id, own))


def group(unit: UnitOfWork, wordings: Sequence[Wording], *, in_turn: bool = True) -> dict[int, int]:
    """Groups wordings in the order given; returns, by revision, the first wording of the group that each joins.

    ``in_turn`` waits until nobody else groups at these sites; after that nothing may wait for a lock of a comment.
    """
    sketched = {one.revision_id: sketch(one.normalised) for one in wordings}
    keyed = [
        Keyed(one.revision_id, one.site_id, bands) for one in wordings if (bands := sketched[one.revision_id].bands())
    ]
    if not keyed:
        return {}
    if in_turn:
        likenesses.take_turn(unit.connection, [one.site_id for one in keyed])
    firsts = _Firsts(_stored(unit, keyed), {})
    joined: dict[int, int] = {}
    leading: list[Keyed] = []
    for one in keyed:
        own = sketched[one.revision_id]
        first_id = firsts.nearest(one, own)
        if first_id is None:
            firsts.add(one, own)
            leading.append(one)
        elif first_id != one.revision_id:
            joined[one.revision_id] = first_id
    if leading:
        likenesses.lead(unit.connection, leading)
    return joined


def _stored(unit: UnitOfWork, keyed: Sequence[Keyed]) -> Mapping[int, Sequence[tuple[int, Sketch]]]:
    found = likenesses.propose(unit.connection, keyed)
    sketched = {one.first_id: sketch(one.normalised) for one in {each.first_id: each for each in found}.values()}
    stored: dict[int, list[tuple[int, Sketch]]] = defaultdict(list)
    for one in found:
        stored[one.revision_id].append((one.first_id, sketched[one.first_id]))
    return stored


def group_one(unit: UnitOfWork, known: Known) -> None:
    """The same for a locked comment that comes to be held, or is decided by a person, otherwise than by scoring.

    One that was never scored has no normalised text, and stays by itself. It does not wait for its turn, since more
    comments may be locked after it: at worst two groups begin with the same words.
    """
    wording = likenesses.wording(unit.connection, known.id, known.revision)
    if wording is not None:
        joined = group(unit, [wording], in_turn=False)
        likenesses.join(unit.connection, known.id, joined.get(wording.revision_id))


def group_earlier(work: Work) -> Iterator[tuple[int, int]]:
    """Groups what waited or was decided before there were groups; safe to run again, and beside running processes.

    Yields, batch by batch, how many comments were looked at and how many of these joined others.
    """
    after = 0
    while True:
        with work() as unit:
            some = likenesses.ungrouped(unit.connection, after, _EARLIER)
            joined = group(unit, [wording for _, wording in some])
            for comment_id, wording in some:
                if wording.revision_id in joined:
                    likenesses.join(unit.connection, comment_id, joined[wording.revision_id])
        if not some:
            return
        after = some[-1][0]
        yield len(some), len(joined)
