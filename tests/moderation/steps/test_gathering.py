"""What people decided, as examples: with who gave them, without those who are to be left out, and in two parts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from classifiers.training import Example
from moderation.domain.errors import InvalidValueError, NotFoundError
from moderation.domain.event import Moderated
from moderation.domain.vocabulary import Label, RejectReason, Role, Verdict
from moderation.steps import deciding, gathering
from moderation.store.unit_of_work import Work
from tests.factories import NOW as DECIDED
from tests.factories import World

NOW = DECIDED + timedelta(hours=1)


@pytest.fixture
def desk(world: World) -> dict[str, int]:
    """Two moderators and somebody at the site have decided on a comment each, and the classifier on a fourth."""
    site_id = world.make_site()
    people = {name: world.make_moderator(name) for name in ("Nasrin", "Rahima")}
    for number, moderator_id in enumerate(people.values()):
        public_id = world.make_held(site_id, f"c{number}")
        status = world.status(site_id, f"c{number}")
        deciding.decide(
            world.work,
            deciding.Judgement(moderator_id, Role.MODERATOR, Verdict.APPROVE),
            deciding.Seen(public_id, status.revision, status.version),
            undo_seconds=20,
            now=DECIDED,
        )
    world.make_comment(site_id, "c8")
    world.receive(
        site_id,
        Moderated("c8", Verdict.REJECT, (Label.INSULT,), RejectReason.LABELS, "Karim", DECIDED, historical=False),
    )
    world.make_comment(site_id, "c9")
    world.score()
    assert world.status(site_id, "c9").decision is not None
    return people


def test_each_example_tells_who_gave_it_and_where_to_look_it_up(work: Work, desk: dict[str, int]) -> None:
    found = gathering.gather(work, now=NOW).decisions
    nasrin, rahima = desk.values()
    assert [one.person for one in found] == [f"moderator {nasrin}", f"moderator {rahima}", "site khobor: Karim"]
    assert all(one.record.startswith("decision ") and one.decided_at is not None for one in found)


@pytest.mark.parametrize("name", ["rahima@desk.example", "site khobor: Karim"])
def test_one_person_can_be_left_out(work: Work, desk: dict[str, int], name: str) -> None:
    found = gathering.gather(work, without_people=[name], now=NOW)
    assert (len(found.decisions), found.left_out) == (2, 1)
    assert f"moderator {desk['Nasrin']}" in [one.person for one in found.decisions]


def test_who_has_left_the_desk_can_still_be_left_out(work: Work, desk: dict[str, int]) -> None:
    with work() as unit:
        unit.connection.exec_driver_sql("UPDATE moderators SET disabled_at = now() WHERE name = 'Rahima'")
    assert gathering.gather(work, without_people=["rahima@desk.example"], now=NOW).left_out == 1
    assert desk


def test_a_name_that_nobody_has_is_refused_rather_than_ignored(work: Work, desk: dict[str, int]) -> None:
    with pytest.raises(InvalidValueError, match=r"rahimaa@desk\.example"):
        gathering.gather(work, without_people=["rahimaa@desk.example"], now=NOW)
    assert desk


def test_a_site_that_does_not_exist_is_told(work: Work) -> None:
    with pytest.raises(NotFoundError):
        gathering.gather(work, site_slugs=["nowhere"], now=NOW)


def test_a_files_rows_tell_their_line(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "desk.csv"
    path.write_text("text,toxicity,person\nভালো,0,Rahima\n", encoding="utf-8")
    (example,) = gathering.gather(work, labelled=[path], now=NOW).files
    assert (example.person, example.record) == ("Rahima", "desk.csv, line 2")


def example(number: int, author: str = "") -> Example:
    return Example(f"মন্তব্য {number}", (1.0, *[None] * 6), group=author)


def test_what_is_held_out_stays_held_out_as_the_desk_grows() -> None:
    few = [example(number, f"author {number % 40}") for number in range(100)]
    many = [example(number, f"author {number % 90}") for number in range(300)]
    held_then = {one.group for one in gathering.part(few, 0)[1]}
    taught_later = {one.group for one in gathering.part(many, 0)[0]}
    assert held_then
    assert not held_then & taught_later


def test_an_authors_comments_are_never_on_both_sides() -> None:
    training, held_out = gathering.part([example(number, f"author {number % 30}") for number in range(200)], 3)
    assert not {one.group for one in training} & {one.group for one in held_out}


def test_a_copy_of_a_held_out_text_is_not_taught() -> None:
    copies = [replace(example(1), group=f"author {number}") for number in range(50)]
    training, held_out = gathering.part(copies, 0)
    assert held_out
    assert training == []
