"""Step 7, first part: what people decided and what labelled files say → examples with their provenance → those to
learn from and those held out to measure.

Nobody's labels come in nameless: each example tells who gave them and where that can be looked up, so that one
person's can be left out of the next bundle.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from classifiers import normalise
from classifiers.training import DataError, Example, read_labelled_file
from moderation.domain.errors import InvalidValueError
from moderation.store import enrolments, moderators, training_examples
from moderation.store.training_examples import Lesson
from moderation.store.unit_of_work import Work

_HELD_OUT_OF: Final = 5
"""One author in so many is held out."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What there is to learn from, decisions the oldest first, and how much a wish to leave people out took away."""

    decisions: list[Example]
    files: list[Example]
    left_out: int


def gather(
    work: Work,
    *,
    labelled: Sequence[Path] = (),
    site_slugs: Sequence[str] = (),
    with_decisions: bool = True,
    without_people: Sequence[str] = (),
    now: datetime,
) -> Gathered:
    """The examples of the desks' decisions and of files, without those of ``without_people``.

    A person is named by their e-mail address here, or by the name that ``person_of`` gives, or as a file's ``person``.

    Raises:
        InvalidValueError: a file cannot be used (the message names the line), or nobody is known by such a name.
        NotFoundError: there is no such site.
    """
    files = _labelled(labelled)
    decisions = _decisions(work, site_slugs, now) if with_decisions else []
    if not without_people:
        return Gathered(decisions, files, 0)
    unwanted = _names(work, without_people, {example.person for example in (*decisions, *files)})
    wanted, kept_files = ([one for one in each if one.person not in unwanted] for each in (decisions, files))
    return Gathered(wanted, kept_files, len(decisions) + len(files) - len(wanted) - len(kept_files))


def person_of(lesson: Lesson) -> str:
    """Whose decision it was: ``moderator 3``, or ``site SLUG: NAME`` where the site told of it. No e-mail address:
    names go into reports and bundles.
    """
    if lesson.moderator_id is not None:
        return f"moderator {lesson.moderator_id}"
    return f"site {lesson.site_slug}: {lesson.site_actor}" if lesson.site_actor else f"site {lesson.site_slug}"


def part(examples: Sequence[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """(training, held out): one group in five is held out, always the same ones; copies of their texts are not taught.

    A group is an author where one is known, else the text. It depends on nothing but the group and the seed, so an
    example that is held out today was held out from all earlier retrainings.
    """
    held_out = [example for example in examples if _is_held_out(example, seed)]
    unseen = {normalise(example.text) for example in held_out}
    training = [
        example for example in examples if not _is_held_out(example, seed) and normalise(example.text) not in unseen
    ]
    return training, held_out


def _is_held_out(example: Example, seed: int) -> bool:
    group = example.group or normalise(example.text)
    digest = hashlib.sha256(f"{seed} {group}".encode()).digest()
    return int.from_bytes(digest[:8]) % _HELD_OUT_OF == 0


def _labelled(paths: Sequence[Path]) -> list[Example]:
    try:
        return [example for path in paths for example in read_labelled_file(path)]
    except DataError as error:
        raise InvalidValueError(str(error)) from error


def _decisions(work: Work, site_slugs: Sequence[str], now: datetime) -> list[Example]:
    with work() as unit:
        ids = [enrolments.site(unit.connection, slug).id for slug in site_slugs] or None
        return [_example(lesson) for lesson in training_examples.lessons(unit.connection, now=now, site_ids=ids)]


def _example(lesson: Lesson) -> Example:
    return Example(
        lesson.text,
        lesson.values,
        origin="decision",
        group=f"author {lesson.author_id}",
        person=person_of(lesson),
        record=f"decision {lesson.decision_id}",
        decided_at=lesson.decided_at,
    )


def _names(work: Work, wanted: Sequence[str], known: Collection[str]) -> set[str]:
    """What the wanted people are called among the examples. A moderator who gave no labels is known all the same."""
    with work() as unit:
        ids = moderators.ids_by_email(unit.connection, wanted)
    unknown = [name for name in wanted if name not in ids and name not in known]
    if unknown:
        raise InvalidValueError(
            f"Nobody is known as {', '.join(unknown)}. Give a moderator's e-mail address, the name of a person at a "
            "site as in `site khobor: Rahima`, or what a labelled file calls its person."
        )
    return {f"moderator {ids[name]}" if name in ids else name for name in wanted}
