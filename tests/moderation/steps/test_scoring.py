"""Steps 2 and 3: what waits is scored in batches and routed; a poisonous comment harms no other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update

from moderation.domain.event import AuthorFacts, Deleted, Edited
from moderation.domain.jobs import Job
from moderation.domain.policy import Policy, Thresholds
from moderation.domain.vocabulary import BodyFormat, Label, Mode, State
from moderation.steps import listing_terms, scoring
from moderation.store import policies
from moderation.store.schema import Author, Callback, Comment, Decision, Outcome, Score, Site
from tests.factories import NOW, World, make_created

SPAM = (0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.995)
THREAT = (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)


@dataclass
class NoBundle:
    def current(self) -> None:
        return None


def _count(world: World, table: type) -> int:
    with world.runtime.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_civil_comment_is_published_and_names_the_bundle_that_scored_it(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    assert world.score() == 1
    status = world.status(site_id)
    assert (status.state, status.version) == (State.PUBLISHED, 1)
    assert status.bundle is not None
    assert status.scores is not None
    assert set(status.scores) == {label.value for label in Label}


def test_a_threat_is_held_with_the_rule_the_value_and_the_threshold(world: World) -> None:
    site_id = world.make_site()
    world.make_held(site_id)
    status = world.status(site_id)
    assert status.state is State.HELD
    assert status.decision is None
    assert {
        "rule": "label_hold",
        "action": "hold",
        "label": "threat",
        "value": 0.95,
        "threshold": 0.4,
    } in status.reasons


def test_only_plain_spam_is_rejected_by_a_machine_out_of_the_box(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, body="casino bonus")
    world.score(world.words(casino=SPAM))
    status = world.status(site_id)
    assert status.state is State.REJECTED
    assert status.decision is not None
    assert status.decision["decided_by"] == "classifier"


def test_without_a_bundle_everything_is_held_and_nothing_is_approved_unscored(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    scoring.score_comments(world.work, NoBundle().current, now=lambda: NOW)
    status = world.status(site_id)
    assert (status.state, status.reasons[0]["rule"], status.scores) == (State.HELD, "no_classifier", None)


def test_observe_mode_records_what_would_have_happened_and_sends_nothing(world: World) -> None:
    site_id = world.make_site(mode=Mode.OBSERVE)
    world.make_held(site_id)
    assert world.status(site_id).state is State.PUBLISHED
    with world.runtime.reading() as connection:
        assert connection.execute(select(Outcome.action, Outcome.applied)).one() == ("hold", False)
    assert _count(world, Callback) == _count(world, Decision) == 0


def test_an_edit_while_it_was_being_scored_leaves_the_comment_to_the_next_round(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)

    @dataclass
    class EditsMeanwhile:
        bundle_id: int
        name: str = "slow"

        @property
        def bundle(self) -> "EditsMeanwhile":
            return self

        def current(self) -> "EditsMeanwhile":
            return self

        def score(self, texts: list[str]) -> object:
            world.receive(site_id, Edited("c1", "তোকে মারবো", BodyFormat.PLAIN, NOW + timedelta(minutes=1)))
            return world.words().bundle.score(texts)

    scoring._score_batch(world.work, EditsMeanwhile(1), scoring._claim(world.work, 10, single=False), NOW)  # type: ignore[arg-type]
    status = world.status(site_id)
    assert (status.state, status.revision, status.version) == (State.WAITING, 2, 0)
    assert _count(world, Decision) == _count(world, Score) == 0


def test_a_comment_deleted_while_it_waited_is_left_alone(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    claimed = scoring._claim(world.work, 10, single=False)
    world.receive(site_id, Deleted("c1", NOW))
    scoring._score_batch(world.work, world.words(), claimed, NOW)
    assert world.status(site_id).state is State.DELETED
    assert _count(world, Decision) == 0


def test_a_job_that_runs_twice_decides_once(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    claimed = scoring._claim(world.work, 10, single=False)
    live = world.words()
    for _ in range(2):
        scoring._score_batch(world.work, live, claimed, NOW)
    assert _count(world, Decision) == _count(world, Score) == 1


def test_a_job_whose_lease_ended_leaves_what_another_has_claimed_since(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    late = scoring._claim(world.work, 10, single=False)
    with world.work() as unit:
        unit.connection.execute(update(Comment).values(lease_until=NOW - timedelta(days=400)))
    again = scoring._claim(world.work, 1, single=True)
    scoring._score_batch(world.work, world.words(), late, NOW)
    assert world.status(site_id).state is State.WAITING
    scoring._score_batch(world.work, world.words(), again, NOW)
    assert world.status(site_id).state is State.PUBLISHED
    assert _count(world, Decision) == _count(world, Score) == 1


def test_many_workers_at_once_decide_every_comment_exactly_once(world: World) -> None:
    site_id = world.make_site()
    world.receive(site_id, *(make_created(f"c{n}") for n in range(300)))
    live = world.words()
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: world.score(live), range(4)))
    assert sum(done) == 300
    assert _count(world, Decision) == 300


def test_a_backlog_of_several_batches_is_decided_once_whoever_wrote_it(world: World) -> None:
    site_id = world.make_site()
    count = 3 * scoring.BATCH + 1
    authors = [AuthorFacts(f"a{n}", "পাঠক") for n in range(7)]
    world.receive(site_id, *(make_created(f"c{n}", author=authors[n % len(authors)]) for n in range(count)))
    assert world.score() == count
    assert _count(world, Decision) == _count(world, Outcome) == _count(world, Score) == count
    with world.runtime.reading() as connection:
        assert connection.scalar(select(func.sum(Author.published))) == count


def test_a_poisonous_comment_is_held_after_five_tries_and_its_neighbours_are_decided(
    world: World, announced: list[Job]
) -> None:
    site_id = world.make_site()
    world.receive(site_id, make_created("c1"), make_created("c2", "poison"), make_created("c3"))
    live = world.words()
    world.score(live)
    assert Job.SCORE_SINGLY in announced
    assert world.status(site_id, "c1").state is State.WAITING
    scoring.score_singly(world.work, live.current, now=lambda: NOW)
    assert {world.status(site_id, name).state for name in ("c1", "c3")} == {State.PUBLISHED}
    status = world.status(site_id, "c2")
    assert (status.state, status.reasons[0]["rule"]) == (State.HELD, "could_not_be_scored")


def test_comments_whose_worker_died_are_taken_again_one_by_one_when_their_lease_ends(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    assert len(scoring._claim(world.work, 10, single=False)) == 1
    assert world.score() == 0
    with world.work() as unit:
        unit.connection.execute(update(Comment).values(lease_until=NOW - timedelta(days=400)))
    scoring.score_singly(world.work, world.words().current, now=lambda: NOW)
    assert world.status(site_id).state is State.PUBLISHED


def test_hold_everything_for_a_time_holds_until_its_end(world: World) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        unit.connection.execute(update(Site).values(hold_everything_until=NOW + timedelta(hours=1)))
    world.make_comment(site_id, "c1")
    world.score(now=NOW)
    world.make_comment(site_id, "c2")
    world.score(now=NOW + timedelta(hours=2))
    assert world.status(site_id, "c1").state is State.HELD
    assert world.status(site_id, "c2").state is State.PUBLISHED


def test_a_sites_own_thresholds_by_script_and_its_policy_version_are_used(world: World) -> None:
    site_id = world.make_site()
    strict = Policy(thresholds={Label.TOXICITY: Thresholds(hold=0.04)}, by_script={})
    with world.work() as unit:
        policies.save(unit.connection, site_id, policies.document_of(strict), author="test", note="")
    world.make_comment(site_id)
    world.score()
    assert world.status(site_id).state is State.HELD
    with world.runtime.reading() as connection:
        assert connection.execute(select(Outcome.policy_version)).scalar_one() == 1


def test_a_listed_term_holds_as_a_whole_word_only(world: World) -> None:
    site_id = world.make_site()
    listing_terms.set_terms(world.work, site_slug="khobor", name="slurs", terms=["বাল"])
    world.make_comment(site_id, "c1", "বালিশ নরম")
    world.make_comment(site_id, "c2", "এটা বাল হয়েছে")
    world.score()
    assert world.status(site_id, "c1").state is State.PUBLISHED
    assert world.status(site_id, "c2").state is State.HELD


def test_an_edit_after_a_rejection_goes_to_a_person(world: World) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, body="casino bonus")
    world.score(world.words(casino=SPAM))
    world.receive(site_id, Edited("c1", "ভদ্র কথা", BodyFormat.PLAIN, NOW + timedelta(minutes=1)))
    world.score()
    assert world.status(site_id).reasons[0]["rule"] == "edited_after_rejection"


def test_the_authors_counts_follow_the_states_of_their_comments(world: World) -> None:
    site_id = world.make_site()
    world.receive(site_id, make_created("c1"), make_created("c2"), make_created("c3", "casino"))
    world.score(world.words(casino=SPAM))
    with world.runtime.reading() as connection:
        assert connection.execute(select(Author.published, Author.rejected)).one() == (2, 1)
    world.receive(site_id, Deleted("c1", NOW))
    with world.runtime.reading() as connection:
        assert connection.execute(select(Author.published)).scalar_one() == 1


def test_an_author_whose_first_comments_are_held_gets_through_later(world: World) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        document = policies.document_of(Policy(hold_first_comments=1))
        policies.save(unit.connection, site_id, document, author="test", note="")
    world.make_comment(site_id, "c1")
    world.score()
    assert world.status(site_id, "c1").reasons[0]["rule"] == "new_author"
    with world.work() as unit:
        unit.connection.execute(update(Author).values(published=1))
    world.make_comment(site_id, "c2")
    world.score()
    assert world.status(site_id, "c2").state is State.PUBLISHED
