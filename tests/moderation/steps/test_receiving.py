"""Step 1: what a site sends is stored exactly once, in whatever order and however often it comes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from classifiers import Scored
from moderation.domain.errors import CommentDiffersError, WebhookIdReusedError
from moderation.domain.event import Deleted, Edited, Moderated, Reported
from moderation.domain.jobs import Job
from moderation.domain.vocabulary import BodyFormat, Label, Mode, RejectReason, State, Verdict
from moderation.steps import receiving, scoring, sweeping
from moderation.store import inbox
from moderation.store.schema import Callback, Comment, InboxEntry, Revision
from tests.factories import NOW, World, make_created, make_delivery
from tests.fakes import FixedLive


def _count(world: World, table: type) -> int:
    with world.runtime.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _edited(body: str, seconds: int = 60, revision: int | None = None) -> Edited:
    return Edited("c1", body, BodyFormat.PLAIN, NOW + timedelta(seconds=seconds), revision)


def _moderated(verdict: Verdict = Verdict.REJECT, *, historical: bool = False) -> Moderated:
    return Moderated("c1", verdict, (Label.INSULT,), RejectReason.LABELS, "editor-7", NOW, historical)


def test_a_new_comment_waits_and_its_scoring_is_announced(world: World, announced: list[Job]) -> None:
    site_id = world.make_site()
    (receipt,) = world.receive(site_id, make_created())
    assert receipt.state is State.WAITING
    assert world.status(site_id).public_id == receipt.public_id
    assert announced == [Job.SCORE_COMMENTS]


def test_the_same_delivery_again_gets_the_same_answer_and_no_second_row(world: World) -> None:
    site_id = world.make_site()
    delivery = make_delivery(make_created())
    (first,) = receiving.receive(world.work, site_id, [delivery])
    world.score()
    (second,) = receiving.receive(world.work, site_id, [delivery])
    assert second.repeated
    assert (second.public_id, second.state) == (first.public_id, first.state)
    assert _count(world, Comment) == _count(world, InboxEntry) == 1


def test_a_webhook_id_used_for_another_body_is_refused(world: World) -> None:
    site_id = world.make_site()
    receiving.receive(world.work, site_id, [make_delivery(make_created(), "msg_1")])
    (second,) = receiving.receive(world.work, site_id, [make_delivery(make_created("c2"), "msg_1")])
    assert isinstance(second.error, WebhookIdReusedError)
    assert _count(world, Comment) == 1


def test_a_known_comment_under_another_webhook_id_is_the_same_comment(world: World) -> None:
    site_id = world.make_site()
    first, second = (world.receive(site_id, make_created())[0] for _ in range(2))
    assert first.public_id == second.public_id
    assert _count(world, Comment) == 1
    assert _count(world, InboxEntry) == 2


def test_a_known_comment_with_another_body_is_refused_and_leaves_nothing(world: World) -> None:
    site_id = world.make_site()
    world.receive(site_id, make_created())
    (second,) = world.receive(site_id, make_created(body="অন্য কথা"))
    assert isinstance(second.error, CommentDiffersError)
    assert _count(world, InboxEntry) == 1


def test_the_same_id_at_another_site_is_another_comment(world: World) -> None:
    one, other = world.make_site("one"), world.make_site("other")
    first, second = world.make_comment(one), world.make_comment(other)
    assert first != second


def test_a_batch_with_old_and_new_answers_each_one(world: World) -> None:
    site_id = world.make_site()
    old = make_delivery(make_created("c3"))
    receiving.receive(world.work, site_id, [old])
    deliveries = [make_delivery(make_created(f"c{n}")) for n in range(3)]
    receipts = receiving.receive(world.work, site_id, [*deliveries, old, make_delivery(make_created("c4"))])
    assert [receipt.comment_id for receipt in receipts] == ["c0", "c1", "c2", "c3", "c4"]
    assert [receipt.repeated for receipt in receipts] == [False, False, False, True, False]
    assert _count(world, Comment) == 5


def test_a_batch_keeps_the_order_of_events_about_one_comment(world: World) -> None:
    site_id = world.make_site()
    receipts = world.receive(site_id, make_created(), _edited("নতুন কথা"), Deleted("c1", NOW), make_created("c2"))
    assert [receipt.state for receipt in receipts] == [State.WAITING, State.WAITING, State.DELETED, State.WAITING]


def test_an_edit_makes_a_new_revision_that_waits_to_be_scored(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    world.score()
    assert world.status(site_id).state is State.PUBLISHED
    world.receive(site_id, _edited("তোকে মারবো"))
    status = world.status(site_id)
    assert (status.state, status.revision) == (State.WAITING, 2)


def test_an_edit_that_was_overtaken_changes_nothing(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    world.receive(site_id, _edited("তৃতীয়", 60, revision=3), _edited("দ্বিতীয়", 120, revision=2))
    assert world.status(site_id).revision == 2
    assert _count(world, Revision) == 2


def test_an_edit_to_the_same_words_changes_nothing(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, body="এক কথা")
    world.score()
    world.receive(site_id, _edited("এক কথা"))
    assert world.status(site_id).state is State.PUBLISHED


def test_events_before_their_comment_are_kept_and_applied_when_it_comes(world: World) -> None:
    site_id = world.make_site()
    early = world.receive(site_id, _edited("পরে লেখা"), Reported("c1", "reader-9", "rude", NOW))
    assert [receipt.public_id for receipt in early] == [None, None]
    world.make_comment(site_id)
    assert world.status(site_id).revision == 2
    with world.runtime.reading() as connection:
        assert connection.execute(select(Comment.reports)).scalar_one() == 1


def test_a_deleted_comment_stays_deleted_whatever_comes_after(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    world.receive(site_id, Deleted("c1", NOW))
    world.receive(site_id, _edited("আবার"), _moderated(Verdict.APPROVE), Reported("c1", "r", "x", NOW))
    world.score()
    assert world.status(site_id).state is State.DELETED


def test_a_verdict_of_the_site_stands_and_is_recorded_as_the_sites(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    world.receive(site_id, _moderated())
    status = world.status(site_id)
    assert status.state is State.REJECTED
    assert status.decision is not None
    assert (status.decision["decided_by"], status.decision["labels"]) == ("site", ["insult"])


def test_one_reader_reporting_twice_counts_once_and_three_readers_bring_a_comment_back(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    world.score()
    world.receive(site_id, *(Reported("c1", "reader-1", "rude", NOW) for _ in range(5)))
    assert world.status(site_id).state is State.PUBLISHED
    world.receive(site_id, Reported("c1", "reader-2", "rude", NOW), Reported("c1", "reader-3", "rude", NOW))
    status = world.status(site_id)
    assert status.state is State.HELD
    assert status.reasons[0]["rule"] == "reports"


@dataclass(frozen=True)
class Interrupted:
    """A classifier during whose work something else happens."""

    used: FixedLive
    happens: Callable[[], object]

    @property
    def bundle_id(self) -> int:
        return self.used.bundle_id

    @property
    def bundle(self) -> "Interrupted":
        return self

    @property
    def name(self) -> str:
        return self.used.bundle.name

    def score(self, texts: Sequence[str]) -> list[Scored]:
        self.happens()
        return self.used.bundle.score(texts)


def test_reports_that_arrive_while_a_comment_is_scored_are_not_missed(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    reported = [Reported("c1", f"reader-{n}", "rude", NOW) for n in range(3)]
    live = Interrupted(world.words(), lambda: world.receive(site_id, *reported))

    scoring.score_comments(world.work, lambda: live, now=lambda: NOW)
    assert world.status(site_id).state is State.WAITING
    scoring.score_singly(world.work, world.words().current, now=lambda: NOW)

    status = world.status(site_id)
    assert status.state is State.HELD
    assert status.reasons[0]["rule"] == "reports"


def test_what_was_rejected_is_held_after_every_edit_and_not_just_the_first(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    world.receive(site_id, _moderated())
    for n in range(1, 4):
        world.receive(site_id, _edited(f"নতুন কথা {n}", 60 * n))
        world.score()
        status = world.status(site_id)
        assert (status.state, status.reasons[0]["rule"]) == (State.HELD, "edited_after_rejection")


def test_an_imported_comment_stands_at_once_and_nothing_is_sent_about_it(world: World, announced: list[Job]) -> None:
    site_id = world.make_site(mode=Mode.HOLD_FIRST)
    world.receive(site_id, make_created(historical=True), _moderated(historical=True))
    assert world.status(site_id).state is State.REJECTED
    assert _count(world, Callback) == 0
    assert Job.DELIVER_CALLBACKS not in announced


def test_html_is_read_as_text_with_its_links_counted(world: World) -> None:
    site_id = world.make_site()
    body = '<p>দেখুন <a href="https://spam.example/x">এখানে</a></p><script>alert(1)</script>'
    world.make_comment(site_id, body=body, format=BodyFormat.HTML)
    with world.runtime.reading() as connection:
        row = connection.execute(select(Revision.text, Revision.html, Revision.links)).one()
    assert "https://spam.example/x" in row.text
    assert "<" not in row.text
    assert (row.html, row.links) == (body, 1)


def test_an_event_that_crossed_its_comment_on_the_way_is_applied_by_the_sweep(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    with world.work() as unit:
        inbox.keep_early(
            unit.connection, site_id, "c1", "comment.deleted", {"comment_id": "c1", "deleted_at": NOW.isoformat()}, NOW
        )
    sweeping.sweep(world.work, now=NOW)
    assert world.status(site_id).state is State.DELETED


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "ক" + "\u0981" * 5_000,
        "\u202egnirts\u202c \u200d\u200c\u200b",
        "'; DROP TABLE comments; --",
        "\\x00",
    ],
)
def test_hostile_text_is_stored_as_it_came(world: World, text: str) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, body=text)
    with world.runtime.reading() as connection:
        assert connection.execute(select(Revision.text)).scalar_one() == text


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(4)), repeats=st.lists(st.integers(0, 3), max_size=4))
def test_any_order_and_any_repeats_end_in_the_same_state(world: World, order: list[int], repeats: list[int]) -> None:
    slug = f"site-{len(world.sites)}"
    site_id = world.make_site(slug)
    deliveries = [
        make_delivery(make_created(), f"{slug}-0"),
        make_delivery(_edited("দ্বিতীয়", 60, 2), f"{slug}-1"),
        make_delivery(_edited("তৃতীয়", 120, 3), f"{slug}-2"),
        make_delivery(Reported("c1", "reader-1", "rude", NOW), f"{slug}-3"),
    ]
    for position in [*order, *repeats]:
        (receipt,) = receiving.receive(world.work, site_id, [deliveries[position]])
        assert receipt.error is None
    with world.runtime.reading() as connection:
        text = connection.execute(
            select(Revision.text)
            .join(Comment, Comment.id == Revision.comment_id)
            .where(Comment.site_id == site_id, Revision.n == Comment.current_revision)
        ).scalar_one()
        reports = connection.execute(select(Comment.reports).where(Comment.site_id == site_id)).scalar_one()
    assert (text, reports) == ("তৃতীয়", 1)


def test_many_first_comments_of_one_story_at_the_same_moment_are_all_stored(world: World) -> None:
    site_id = world.make_site()
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda n: world.receive(site_id, make_created(f"c{n}"))[0], range(40)))
    assert [receipt.error for receipt in receipts] == [None] * 40
    assert _count(world, Comment) == 40
