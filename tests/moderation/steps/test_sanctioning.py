"""Acts on an author reach what is scored while they are in force; the site hears of each; colleagues do not clash."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.domain.audit import Lot
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.event import AuthorFacts
from moderation.domain.vocabulary import Mode, Role, Sanction, State
from moderation.steps import sanctioning, scoring
from moderation.steps.sanctioning import Acting
from moderation.steps.scoring import Aside
from moderation.store import authors
from moderation.store.authors import AuthorPlace
from moderation.store.schema import AuditDraw, AuditEntry, Author, AuthorSanction, Callback
from tests.factories import NOW, World


class Desk:
    """One site with one author and one editor."""

    def __init__(self, world: World, mode: Mode = Mode.PUBLISH_FIRST) -> None:
        self.world = world
        self.site_id = world.make_site(mode=mode)
        world.make_endpoint(self.site_id)
        world.make_comment(self.site_id, "c1")
        world.score()
        self.editor = world.make_moderator(role=Role.EDITOR)

    @property
    def author_id(self) -> int:
        with self.world.runtime.reading() as connection:
            return connection.execute(select(Author.id).where(Author.ext_id == "a1")).scalar_one()

    def place(self) -> AuthorPlace:
        with self.world.runtime.reading() as connection:
            found = authors.find(connection, self.author_id, [self.site_id])
        assert found is not None
        return found

    def acting(self, version: int | None = None) -> Acting:
        return Acting(self.editor, Role.EDITOR, self.place().version if version is None else version)

    def ban(self, typed_name: str = "রহিম", reason: str = "হুমকি") -> None:
        sanctioning.ban(self.world.work, self.author_id, self.acting(), reason=reason, typed_name=typed_name, now=NOW)

    def suspend(self, days: int = 3, typed_name: str = "রহিম") -> None:
        sanctioning.suspend(
            self.world.work, self.author_id, self.acting(), days=days, reason="গালি", typed_name=typed_name, now=NOW
        )

    def told(self) -> list[tuple[str, int, str, str | None]]:
        with self.world.runtime.reading() as connection:
            rows = connection.execute(
                select(Callback.type, Callback.version, Callback.payload)
                .where(Callback.author_id.is_not(None))
                .order_by(Callback.id)
            )
            return [(row.type, row.version, row.payload["act"], row.payload["sanction"]) for row in rows]


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def test_a_banned_authors_comments_are_rejected_by_that_rule_and_other_authors_are_not(desk: Desk) -> None:
    desk.ban()
    desk.world.make_comment(desk.site_id, "c2")
    desk.world.make_comment(desk.site_id, "c3", author=AuthorFacts("a2", "করিম"))
    desk.world.score(now=NOW)
    banned = desk.world.status(desk.site_id, "c2")
    assert (banned.state, [reason["rule"] for reason in banned.reasons]) == (State.REJECTED, ["author_banned"])
    assert desk.world.status(desk.site_id, "c3").state is State.PUBLISHED
    assert desk.world.status(desk.site_id, "c1").state is State.PUBLISHED, "what stood already goes on standing"


def test_a_suspended_authors_comments_are_held_until_the_suspension_ends_by_itself(desk: Desk) -> None:
    desk.suspend(days=3)
    desk.world.make_comment(desk.site_id, "c2")
    desk.world.score(now=NOW + timedelta(days=3, seconds=-1))
    held = desk.world.status(desk.site_id, "c2")
    assert held.state is State.HELD
    assert [(one["rule"], one["detail"]) for one in held.reasons] == [
        ("author_suspended", (NOW + timedelta(days=3)).isoformat())
    ]
    desk.world.make_comment(desk.site_id, "c3")
    desk.world.score(now=NOW + timedelta(days=3))
    assert desk.world.status(desk.site_id, "c3").state is State.PUBLISHED


def test_the_site_hears_of_every_act_by_rising_versions_and_of_the_reason_never(desk: Desk) -> None:
    sanctioning.warn(desk.world.work, desk.author_id, desk.acting(), reason="ভেতরের কথা", notice="ভাষা সংযত রাখুন।", now=NOW)
    desk.suspend()
    desk.ban()
    sanctioning.lift(desk.world.work, desk.author_id, desk.acting(), now=NOW)
    assert desk.told() == [
        ("author.sanctioned", 1, "warned", None),
        ("author.sanctioned", 2, "suspended", "suspension"),
        ("author.sanctioned", 3, "banned", "ban"),
        ("author.sanctioned", 4, "lifted", None),
    ]
    with desk.world.runtime.reading() as connection:
        first = connection.scalar(
            select(Callback.payload).where(Callback.version == 1, Callback.author_id.is_not(None))
        )
    assert first is not None
    assert (first["author_id"], first["notice"], first["decided_by"]) == (
        "a1",
        "ভাষা সংযত রাখুন।",
        {"kind": "moderator", "role": "editor"},
    )
    assert "ভেতরের কথা" not in repr(first)


def test_a_warning_leaves_what_is_in_force_as_it_is_and_says_so(desk: Desk) -> None:
    desk.ban()
    sanctioning.warn(desk.world.work, desk.author_id, desk.acting(), reason="x", notice="y", now=NOW)
    assert desk.told()[-1] == ("author.sanctioned", 2, "warned", "ban")
    assert desk.place().standing(NOW) is Sanction.BAN


def test_one_sanction_replaces_another_and_the_history_keeps_both(desk: Desk) -> None:
    desk.suspend()
    desk.ban()
    with desk.world.runtime.reading() as connection:
        ban, suspension = authors.sanctions_of(connection, desk.author_id)
    assert (ban.kind, ban.runs(NOW)) == (Sanction.BAN, True)
    assert (suspension.kind, suspension.runs(NOW), suspension.ended_by) == (Sanction.SUSPENSION, False, "Nasrin")


def test_a_suspension_that_ended_by_itself_was_ended_by_nobody(desk: Desk) -> None:
    desk.suspend(days=1)
    later = NOW + timedelta(days=2)
    with pytest.raises(ConflictError):
        sanctioning.lift(desk.world.work, desk.author_id, desk.acting(), now=later)
    acting = desk.acting()
    sanctioning.ban(desk.world.work, desk.author_id, acting, reason="x", typed_name="a1", now=later)
    with desk.world.runtime.reading() as connection:
        suspension = authors.sanctions_of(connection, desk.author_id)[-1]
    assert (suspension.ended_by, suspension.ended_at) == (None, NOW + timedelta(days=1))


def test_suspending_and_banning_want_the_name_typed(desk: Desk) -> None:
    for act in (desk.ban, desk.suspend):
        with pytest.raises(InvalidValueError):
            act(typed_name="করিম")
    assert desk.told() == []
    desk.ban(typed_name="a1")
    assert len(desk.told()) == 1


@pytest.mark.parametrize("reason", [" ", "x" * 501])
def test_an_act_needs_a_reason_of_a_readable_length(desk: Desk, reason: str) -> None:
    with pytest.raises(InvalidValueError):
        desk.ban(reason=reason)
    with pytest.raises(InvalidValueError):
        desk.suspend(days=2)
    with pytest.raises(InvalidValueError):
        sanctioning.warn(desk.world.work, desk.author_id, desk.acting(), reason="x", notice=" ", now=NOW)


def test_two_colleagues_at_once_act_once_and_the_other_is_told(desk: Desk) -> None:
    acting = desk.acting()
    together = threading.Barrier(2)
    came: list[str] = []

    def act(how: Callable[[], object]) -> None:
        together.wait()
        try:
            how()
            came.append("done")
        except ConflictError:
            came.append("told")

    work, author_id = desk.world.work, desk.author_id
    acts: list[Callable[[], object]] = [
        lambda: sanctioning.ban(work, author_id, acting, reason="x", typed_name="a1", now=NOW),
        lambda: sanctioning.suspend(work, author_id, acting, days=1, reason="x", typed_name="a1", now=NOW),
    ]
    threads = [threading.Thread(target=act, args=(how,)) for how in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["done", "told"]
    with desk.world.runtime.reading() as connection:
        assert len(connection.execute(select(AuthorSanction.id)).all()) == 1


def test_a_ban_is_no_automatic_outcome_that_a_blind_look_could_overturn(desk: Desk) -> None:
    desk.ban()
    desk.world.make_comment(desk.site_id, "c2")
    always = Aside(lots=lambda _: Lot(0.0, 0.0, 0.5))
    scoring.score_comments(desk.world.work, desk.world.words().current, now=lambda: NOW, aside=always)
    assert desk.world.status(desk.site_id, "c2").state is State.REJECTED
    with desk.world.runtime.reading() as connection:
        assert connection.execute(select(AuditDraw.id)).all() == []


def test_every_act_is_on_record(desk: Desk) -> None:
    desk.ban()
    sanctioning.lift(desk.world.work, desk.author_id, desk.acting(), now=NOW)
    with desk.world.runtime.reading() as connection:
        acts = connection.execute(select(AuditEntry.act, AuditEntry.actor).order_by(AuditEntry.id)).all()
    assert [tuple(one) for one in acts] == [
        ("author.banned", f"moderator {desk.editor}"),
        ("author.lifted", f"moderator {desk.editor}"),
    ]


def test_an_observed_site_hears_nothing_so_nobody_is_sanctioned_there(world: World) -> None:
    desk = Desk(world, Mode.OBSERVE)
    with pytest.raises(InvalidValueError):
        desk.ban()
    assert desk.place().standing(NOW) is None


def test_there_is_nothing_to_be_done_about_an_author_who_is_not_there(world: World) -> None:
    with pytest.raises(NotFoundError):
        sanctioning.lift(world.work, 4711, Acting(1, Role.EDITOR, 0), now=NOW)
