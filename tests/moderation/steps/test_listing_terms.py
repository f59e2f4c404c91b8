"""Term lists keep every version, decide what they are told to decide, and can be tried out on what is published."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from moderation.domain.errors import AlreadyExistsError, InvalidValueError, NotFoundError, StaleListError
from moderation.domain.keeper import Keeper
from moderation.domain.term_lists import Term, TermList, TermMatcher
from moderation.domain.vocabulary import ListAction, State
from moderation.steps import listing_terms
from moderation.steps.listing_terms import PublishedHits
from moderation.store import audit_log, policies, term_lists
from moderation.store.schema import Comment, Outcome
from moderation.store.term_lists import Listed, Version
from tests.factories import World


def _make_list(world: World, site_id: int, written: str = "শালা", action: ListAction = ListAction.HOLD) -> Listed:
    terms = listing_terms.terms_in(written)
    list_id = listing_terms.create(
        world.work,
        site_id=site_id,
        name="slurs",
        action=action,
        terms=terms,
        note="first",
        by=Keeper("moderator 1", "Person 1"),
    )
    with world.runtime.reading() as connection:
        return term_lists.find(connection, site_id, list_id)


def _save(world: World, listed: Listed, written: str, *, expected: int, action: ListAction = ListAction.HOLD) -> int:
    terms = listing_terms.terms_in(written)
    return listing_terms.save(
        world.work,
        listed=listed,
        action=action,
        terms=terms,
        note="more",
        expected=expected,
        by=Keeper("moderator 2", "Person 2"),
    )


def _history(world: World, listed: Listed) -> list[Version]:
    with world.runtime.reading() as connection:
        return term_lists.history(connection, listed.id, before=None, limit=10)


def _matcher(world: World, site_id: int) -> TermMatcher:
    with world.runtime.reading() as connection:
        return policies.rules_of(connection, [site_id])[site_id].terms


def test_each_change_is_a_version_with_author_and_note_and_an_old_one_comes_back_as_a_new_one(world: World) -> None:
    listed = _make_list(world, world.make_site())
    assert _save(world, listed, "শালা\nকুত্তা", expected=1, action=ListAction.REJECT) == 2
    restored = listing_terms.restore(
        world.work, listed=listed, n=1, note="too strict", expected=2, by=Keeper("moderator 3", "Person 3")
    )
    assert restored == 3
    found = [(one.n, one.action, one.size, one.author, one.note) for one in _history(world, listed)]
    assert found == [
        (3, ListAction.HOLD, 1, "Person 3", "too strict"),
        (2, ListAction.REJECT, 2, "Person 2", "more"),
        (1, ListAction.HOLD, 1, "Person 1", "first"),
    ]
    with world.runtime.reading() as connection:
        acts = [entry.details["version"] for entry in audit_log.latest(connection) if entry.act == "terms.set"]
    assert acts == [3, 2, 1]


def test_nothing_changed_makes_no_version(world: World) -> None:
    listed = _make_list(world, world.make_site())
    assert _save(world, listed, "শালা", expected=1) == 1
    assert len(_history(world, listed)) == 1


def test_a_list_that_went_on_meanwhile_is_not_overwritten(world: World) -> None:
    listed = _make_list(world, world.make_site())
    _save(world, listed, "কুত্তা", expected=1)
    with pytest.raises(StaleListError):
        _save(world, listed, "শালা\nমাগি", expected=1)
    with pytest.raises(StaleListError):
        _save(world, listed, "শালা", expected=1)
    with pytest.raises(NotFoundError):
        listing_terms.restore(world.work, listed=listed, n=9, note="", expected=2, by=Keeper("x", "x"))
    assert len(_history(world, listed)) == 2


def test_a_name_is_taken_once_at_a_site_and_must_be_one(world: World) -> None:
    site_id = world.make_site()
    _make_list(world, site_id)
    with pytest.raises(AlreadyExistsError):
        _make_list(world, site_id)
    _make_list(world, world.make_site("other"))
    for name in ("", "  ", "ক" * 61, "a\nb"):
        with pytest.raises(InvalidValueError):
            listing_terms.create(
                world.work, site_id=site_id, name=name, action=ListAction.HOLD, note="", by=Keeper("x", "x")
            )


def test_another_sites_list_is_not_found(world: World) -> None:
    listed = _make_list(world, world.make_site())
    with world.runtime.reading() as connection, pytest.raises(NotFoundError):
        term_lists.find(connection, world.make_site("other"), listed.id)


@pytest.mark.parametrize(
    ("action", "state", "rule", "asked"),
    [
        (ListAction.REJECT, State.REJECTED, "term_list_reject", "reject"),
        (ListAction.HOLD, State.HELD, "term_list", "hold"),
        (ListAction.MARK, State.PUBLISHED, "term_list_mark", "publish"),
    ],
)
def test_a_list_rejects_holds_or_only_marks_and_the_outcome_says_which_term_in_which_form(
    world: World, action: ListAction, state: State, rule: str, asked: str
) -> None:
    site_id = world.make_site()
    _make_list(world, site_id, "শালা", action)
    world.make_comment(site_id, "c1", "ওই শা\u200cলার কথা")
    world.make_comment(site_id, "c2", "পাঠশালা বন্ধ")
    world.score()
    assert world.status(site_id, "c1").state is state
    assert world.status(site_id, "c2").state is State.PUBLISHED
    with world.runtime.reading() as connection:
        first, second = connection.scalars(select(Outcome.checks).order_by(Outcome.id))
    (told,) = [check for check in first if check["rule"].startswith("term_list")]
    assert (told["rule"], told["action"]) == (rule, asked)
    assert told["detail"] == "শালা (শালার)"
    assert [check["detail"] for check in second if check["rule"] == "term_list"] == [""]


def test_the_lines_of_a_file_replace_a_list_and_empty_ones_empty_it(world: World) -> None:
    site_id = world.make_site()
    lines = ["  Casino  ", "casino", "", "ক্যা\u200dসিনো"]
    assert listing_terms.set_terms(world.work, site_slug="khobor", name="default", terms=lines) == 2
    assert len(_matcher(world, site_id).hits("casino ক্যাসিনো")) == 2
    listing_terms.set_terms(world.work, site_slug="khobor", name="default", terms=["casino"], action=ListAction.MARK)
    assert listing_terms.set_terms(world.work, site_slug="khobor", name="default", terms=["bonus"]) == 1
    (hit,) = _matcher(world, site_id).hits("casino bonus")
    assert (hit.term, hit.action) == ("bonus", ListAction.MARK)
    assert listing_terms.set_terms(world.work, site_slug="khobor", name="default", terms=[]) == 0
    assert _matcher(world, site_id).size == 0


def test_a_version_is_compiled_once_and_a_new_one_counts_at_once(world: World) -> None:
    site_id = world.make_site()
    listed = _make_list(world, site_id)
    assert _matcher(world, site_id) is _matcher(world, site_id)
    _save(world, listed, "কুত্তা", expected=1)
    assert [hit.term for hit in _matcher(world, site_id).hits("শালা কুত্তা")] == ["কুত্তা"]


def test_a_tried_sentence_is_read_as_a_comment_is() -> None:
    matcher = TermMatcher([TermList("x", ListAction.HOLD, (Term("khanki"),))])
    tried = listing_terms.try_out(matcher, "Oi KH4NKIR baccha")
    assert tried.text == "oi khankir baccha"
    assert [(hit.start, hit.end) for hit in tried.hits] == [(3, 10)]


@pytest.fixture
def look(world: World) -> Callable[..., PublishedHits]:
    """Looks at what is published at the first site for «শালা», with windows of three ids."""
    matcher = TermMatcher([TermList("x", ListAction.HOLD, (Term("শালা"),))])

    def look(site_id: int, **more: object) -> PublishedHits:
        since = world.runtime.now() - timedelta(days=30)
        return listing_terms.published_hits(world.work, matcher, site_id=site_id, since=since, **more)  # type: ignore[arg-type]

    return look


def _publish(world: World, site_id: int, bodies: list[str]) -> None:
    for number, body in enumerate(bodies):
        world.make_comment(site_id, f"c{site_id}-{number}", body)
    world.score()


def test_published_comments_that_would_be_hit_are_found_the_newest_first(
    world: World, look: Callable[..., PublishedHits]
) -> None:
    site_id, other = world.make_site(), world.make_site("other")
    _publish(world, site_id, ["শালা এক", "ভালো", "দুই শালার", "পাঠশালা"])
    _publish(world, other, ["শালা অন্য"])
    world.make_held(site_id, "held", "তোকে শালা")
    found = look(site_id)
    assert [one.comment.normalised for one in found.found] == ["দুই শালার", "শালা এক"]
    assert (found.examined, found.further) == (4, None)


def test_a_look_ends_at_its_limits_says_so_and_goes_on_from_there(
    world: World, look: Callable[..., PublishedHits], monkeypatch: pytest.MonkeyPatch
) -> None:
    site_id = world.make_site()
    _publish(world, site_id, [f"শালা {n}" for n in range(7)])
    monkeypatch.setattr(listing_terms, "WINDOW", 3)
    ticks = count()
    slow = look(site_id, clock=lambda: float(next(ticks)))
    assert len(slow.found) == 3
    assert slow.reaches is not None
    rest = look(site_id, below=slow.further)
    assert (len(rest.found), rest.further) == (4, None)
    monkeypatch.setattr(listing_terms, "MOST_FOUND", 2)
    full = look(site_id)
    again = look(site_id, below=full.further)
    assert [len(full.found), len(again.found)] == [2, 2]
    assert {one.comment.id for one in full.found}.isdisjoint(one.comment.id for one in again.found)


def test_what_is_older_than_wanted_is_left_out(world: World, look: Callable[..., PublishedHits]) -> None:
    site_id = world.make_site()
    _publish(world, site_id, ["শালা এক", "শালা দুই", "শালা তিন"])
    with world.work() as unit:
        old = world.runtime.now() - timedelta(days=31)
        unit.connection.execute(update(Comment).where(Comment.ext_id != f"c{site_id}-2").values(received_at=old))
    found = look(site_id)
    assert ([one.comment.normalised for one in found.found], found.examined) == (["শালা তিন"], 1)
    assert found.further is None
