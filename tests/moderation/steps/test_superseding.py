"""What a site knows better is not told: its own verdicts, its deletions, and what a newer callback said already."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from moderation.callback_client import Delivered, TemporaryFailure
from moderation.domain.errors import StaleDecisionError
from moderation.domain.event import Deleted, Edited, LateEvent, Moderated
from moderation.domain.vocabulary import BodyFormat, Label, Mode, RejectReason, Role, State, Verdict
from moderation.steps import calling_back, deciding, undoing
from moderation.store import deliveries
from moderation.store.deliveries import Attempt, Claimed
from tests.factories import NOW, World
from tests.moderation import outbox

DAY = timedelta(days=1)


class Posts:
    """A client that keeps the versions it posted, and does what it is told while it posts one."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.fails = False

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Delivered:
        assert url
        assert headers
        self.bodies.append(body.decode())
        self.meanwhile()
        if self.fails:
            raise TemporaryFailure("receiver_failed", "The receiver answered 500.", status=500)
        return Delivered(200, 1)

    @property
    def versions(self) -> list[int]:
        return [int(body.partition('"version":')[2].partition(",")[0]) for body in self.bodies]


@pytest.fixture
def posts() -> Posts:
    return Posts()


@pytest.fixture
def site_id(world: World) -> int:
    site_id, _ = outbox.make_hearing_site(world, "https://khobor.example/")
    return site_id


def deliver(world: World, posts: Posts, later: timedelta = timedelta(0)) -> int:
    return calling_back.deliver_due(world.work, posts, world.runtime.vault, now=lambda: NOW + later, jitter=lambda: 0.5)


def claim(world: World) -> Claimed:
    with world.work() as unit:
        (claimed,) = deliveries.claim_due(
            unit.connection, now=NOW, lease_until=NOW + calling_back.LEASE, most=1, most_each=1, wary_from=4, busy={}
        )
    return claimed


def rejected(seconds: int = 0) -> Moderated:
    at = NOW + timedelta(seconds=seconds)
    return Moderated("c1", Verdict.REJECT, (Label.INSULT,), RejectReason.LABELS, "desk", at)


def states(world: World, ids: list[int]) -> list[str]:
    return [outbox.callback(world, one).state for one in ids]


def approve(
    world: World, moderator_id: int, public_id: uuid.UUID, *, version: int = 1, undo_seconds: int = 20
) -> deciding.Decided:
    return deciding.decide(
        world.work,
        deciding.Judgement(moderator_id, Role.EDITOR, Verdict.APPROVE),
        deciding.Seen(public_id, 1, version),
        undo_seconds=undo_seconds,
        now=NOW,
    )


def published(world: World, site_id: int) -> None:
    """A comment that the classifier published: its callback has version 1."""
    world.make_comment(site_id)
    world.score()


@pytest.mark.parametrize("event", [rejected(), Deleted("c1", NOW)], ids=["a verdict", "a deletion"])
def test_what_the_site_did_itself_ends_what_was_to_be_told_before(
    world: World, site_id: int, posts: Posts, event: LateEvent
) -> None:
    published(world, site_id)
    (receipt,) = world.receive(site_id, event)

    assert deliver(world, posts, DAY) == 0
    assert receipt.version == world.status(site_id).version == 2
    assert receipt.state is world.status(site_id).state


def test_a_callback_under_way_when_the_site_decides_is_not_tried_again(
    world: World, site_id: int, posts: Posts
) -> None:
    published(world, site_id)
    posts.fails = True
    posts.meanwhile = lambda: world.receive(site_id, rejected())

    assert deliver(world, posts) == 1
    assert deliver(world, posts, DAY) == 0
    assert posts.versions == [1]
    assert world.status(site_id).state is State.REJECTED


def test_a_lease_that_ran_out_under_a_crashed_job_is_not_taken_up_after_the_site_decided(
    world: World, site_id: int, posts: Posts
) -> None:
    published(world, site_id)
    claimed = claim(world)
    world.receive(site_id, rejected())

    with world.work() as unit:
        late = deliveries.record_retry(unit.connection, claimed, Attempt(status=500), due_at=NOW, now=NOW)
    assert not late
    assert deliver(world, posts, DAY) == 0
    assert states(world, [claimed.id]) == ["cancelled"]


def test_a_replay_does_not_bring_back_what_the_site_decided_since(world: World, site_id: int, posts: Posts) -> None:
    published(world, site_id)
    claimed = claim(world)
    with world.work() as unit:
        deliveries.record_parked(unit.connection, claimed, Attempt(status=410), now=NOW)
    world.receive(site_id, rejected())

    assert calling_back.replay(world.work, site_id, now=NOW) == 0
    assert deliver(world, posts, DAY) == 0


def test_what_is_decided_after_the_sites_verdict_is_told_with_a_higher_version(
    world: World, site_id: int, posts: Posts
) -> None:
    published(world, site_id)
    (receipt,) = world.receive(site_id, rejected())
    approve(world, world.make_moderator(), world.status(site_id).public_id, version=2, undo_seconds=0)

    deliver(world, posts)
    assert receipt.version == 2
    assert posts.versions == [3]


def test_an_older_version_that_comes_due_after_a_newer_one_arrived_is_not_sent(
    world: World, site_id: int, posts: Posts
) -> None:
    first, second = outbox.make_versions(world, site_id, count=2)
    failed = claim(world)
    with world.work() as unit:
        deliveries.record_retry(unit.connection, failed, Attempt(status=500), due_at=NOW + DAY, now=NOW)
    assert failed.id == first

    deliver(world, posts)
    deliver(world, posts, 2 * DAY)

    assert posts.versions == [2]
    assert states(world, [first, second]) == ["cancelled", "delivered"]


def test_many_superseded_callbacks_do_not_hold_up_the_one_behind_them(world: World, site_id: int, posts: Posts) -> None:
    ids = outbox.make_versions(world, site_id, count=30)
    with world.work() as unit:
        unit.connection.exec_driver_sql("UPDATE callbacks SET attempts = 1 WHERE version = 30")

    assert deliver(world, posts) == 1
    assert posts.versions == [30]
    assert states(world, ids) == ["cancelled"] * 29 + ["delivered"]


def test_a_newer_version_that_an_undo_may_still_take_back_supersedes_nothing(
    world: World, site_id: int, posts: Posts
) -> None:
    public_id = world.make_held(site_id)
    moderator_id = world.make_moderator()
    decided = approve(world, moderator_id, public_id)
    deliver(world, posts)
    undoing.undo(world.work, moderator_id=moderator_id, decision_id=decided.decision_id, now=NOW)
    deliver(world, posts, DAY)
    assert posts.versions == [1], "the hold is the last word, and it was told"


def test_an_approval_in_its_grace_period_is_not_sent_after_the_edit_that_took_the_comment_back(
    world: World, posts: Posts
) -> None:
    site_id = world.make_site(mode=Mode.HOLD_FIRST)
    world.make_endpoint(site_id)
    outbox.make_secret(world, site_id)
    public_id = world.make_held(site_id)
    moderator_id = world.make_moderator()
    decided = approve(world, moderator_id, public_id)
    world.receive(site_id, Edited("c1", "আবার তোকে মারবো", BodyFormat.PLAIN, NOW + timedelta(seconds=5)))

    deliver(world, posts)
    deliver(world, posts, timedelta(seconds=30))

    assert decided.version == 2
    assert 2 not in posts.versions
    assert max(posts.versions) == 3


def test_of_the_sites_own_verdicts_the_last_made_stands_however_they_arrive(world: World, site_id: int) -> None:
    world.make_comment(site_id)
    approved = Moderated("c1", Verdict.APPROVE, (), RejectReason.LABELS, "desk", NOW + timedelta(minutes=5))
    first, second = world.receive(site_id, approved, rejected())
    assert (first.state, first.version) == (second.state, second.version) == (State.PUBLISHED, 1)


def test_a_verdict_on_an_older_wording_does_not_publish_the_new_one_unread(world: World, site_id: int) -> None:
    world.make_comment(site_id)
    edited = Edited("c1", "তোকে মারবো", BodyFormat.PLAIN, NOW + timedelta(minutes=5))
    approved = Moderated("c1", Verdict.APPROVE, (), RejectReason.LABELS, "desk", NOW + timedelta(minutes=1))
    world.receive(site_id, edited, approved)
    assert world.status(site_id).state is State.WAITING


def test_an_undo_after_an_edit_is_refused(world: World, site_id: int) -> None:
    public_id, moderator_id = world.make_held(site_id), world.make_moderator()
    decided = approve(world, moderator_id, public_id)
    world.receive(site_id, Edited("c1", "নতুন কথা", BodyFormat.PLAIN, NOW + timedelta(seconds=5)))
    with pytest.raises(StaleDecisionError):
        undoing.undo(world.work, moderator_id=moderator_id, decision_id=decided.decision_id, now=NOW)
    assert world.status(site_id).state is State.WAITING
