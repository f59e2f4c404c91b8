from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.event import Edited, Moderated
from moderation.domain.vocabulary import BodyFormat, Label, RejectReason, Role, Verdict
from moderation.steps import deciding, undoing
from moderation.store import decisions
from moderation.store.training_examples import Lesson, lessons, taught
from moderation.store.unit_of_work import Work
from tests.factories import NOW, World

LATER = NOW + timedelta(hours=1)


def learned(work: Work, site_ids: Sequence[int] | None = None) -> list[Lesson]:
    with work() as unit:
        return list(lessons(unit.connection, now=LATER, site_ids=site_ids))


def decide(
    world: World,
    site_id: int,
    verdict: Verdict,
    *labels: Label,
    comment_id: str = "c1",
    reason: RejectReason | None = None,
    undo_seconds: int = 20,
) -> deciding.Decided:
    public_id = world.make_held(site_id, comment_id, "তোকে মারবো")
    status = world.status(site_id, comment_id)
    return deciding.decide(
        world.work,
        deciding.Judgement(
            world.make_moderator(f"person-{comment_id}-{site_id}"),
            Role.MODERATOR,
            verdict,
            labels=labels,
            reason=reason,
        ),
        deciding.Seen(public_id, status.revision, status.version),
        undo_seconds=undo_seconds,
        now=NOW,
    )


def values(**known: float) -> tuple[float | None, ...]:
    return tuple(known.get(label.value) for label in Label)


def test_publishing_teaches_neither_toxic_nor_spam_and_nothing_else(world: World, work: Work) -> None:
    decide(world, world.make_site(), Verdict.APPROVE)
    (lesson,) = learned(work)
    assert lesson.values == values(toxicity=0, spam=0)
    assert lesson.text == "তোকে মারবো"


def test_rejecting_teaches_the_ticked_labels_and_toxicity(world: World, work: Work) -> None:
    decide(world, world.make_site(), Verdict.REJECT, Label.THREAT, reason=RejectReason.LABELS)
    (lesson,) = learned(work)
    assert lesson.values == values(toxicity=1, threat=1)


def test_a_rejection_for_spam_alone_does_not_say_that_it_is_toxic(world: World, work: Work) -> None:
    decide(world, world.make_site(), Verdict.REJECT, Label.SPAM, reason=RejectReason.LABELS)
    (lesson,) = learned(work)
    assert lesson.values == values(spam=1)


def test_a_rejection_that_names_no_label_teaches_nothing(world: World, work: Work) -> None:
    decide(world, world.make_site(), Verdict.REJECT, reason=RejectReason.OFF_TOPIC)
    assert learned(work) == []


def test_what_the_classifier_decided_itself_teaches_nothing(world: World, work: Work) -> None:
    site_id = world.make_site()
    world.make_comment(site_id, "c1", "শুভ সকাল")
    world.score()
    assert world.status(site_id).decision is not None
    assert learned(work) == []


def test_a_decision_that_was_taken_back_teaches_nothing(world: World, work: Work) -> None:
    site_id = world.make_site()
    made = decide(world, site_id, Verdict.APPROVE)
    with world.runtime.reading() as connection:
        decision = decisions.by_public_id(connection, made.decision_id)
    assert decision is not None
    assert decision.moderator_id is not None
    undoing.undo(world.work, moderator_id=decision.moderator_id, decision_id=made.decision_id, now=NOW)
    assert learned(work) == []


def test_a_decision_that_may_still_be_taken_back_does_not_teach_yet(world: World, work: Work) -> None:
    decide(world, world.make_site(), Verdict.APPROVE, undo_seconds=7200)
    assert learned(work) == []


def test_an_edit_does_not_put_other_words_under_an_old_decision(world: World, work: Work) -> None:
    site_id = world.make_site()
    decide(world, site_id, Verdict.APPROVE)
    world.receive(site_id, Edited("c1", "অন্য কথা", BodyFormat.PLAIN, LATER, None))
    assert [lesson.text for lesson in learned(work)] == ["তোকে মারবো"]


def test_what_the_site_decided_itself_teaches_too(world: World, work: Work) -> None:
    site_id = world.make_site()
    world.make_comment(site_id)
    world.receive(
        site_id,
        Moderated("c1", Verdict.REJECT, (Label.INSULT,), RejectReason.LABELS, "editor", NOW, historical=False),
    )
    (lesson,) = learned(work)
    assert lesson.values == values(toxicity=1, insult=1)


def test_a_lesson_tells_who_gave_it_and_by_which_decision(world: World, work: Work) -> None:
    site_id = world.make_site()
    made = decide(world, site_id, Verdict.APPROVE)
    world.make_comment(site_id, "c2")
    world.receive(
        site_id,
        Moderated("c2", Verdict.REJECT, (Label.INSULT,), RejectReason.LABELS, "editor", NOW, historical=False),
    )
    ours, theirs = learned(work)
    assert ours.decision_id == made.decision_id
    assert (ours.moderator_id is not None, ours.site_slug, ours.site_actor) == (True, "khobor", None)
    assert (theirs.moderator_id, theirs.site_slug, theirs.site_actor) == (None, "khobor", "editor")


def test_lessons_can_be_limited_to_some_sites(world: World, work: Work) -> None:
    one, other = world.make_site("one"), world.make_site("other")
    decide(world, one, Verdict.APPROVE)
    decide(world, other, Verdict.REJECT, Label.INSULT, reason=RejectReason.LABELS)
    assert [lesson.values[0] for lesson in learned(work, [other])] == [1.0]
    assert len(learned(work)) == 2


@given(st.sets(st.sampled_from(Label), min_size=1), st.sampled_from([None, *RejectReason]))
def test_a_rejection_never_says_that_anything_is_absent(labels: set[Label], reason: RejectReason | None) -> None:
    found = taught(Verdict.REJECT, sorted(labels), reason.value if reason else None)
    assert found is None or 0.0 not in found


@pytest.mark.parametrize("reason", [RejectReason.OFF_TOPIC, RejectReason.LEGAL, RejectReason.PERSONAL_DATA])
def test_a_reason_that_is_no_label_teaches_nothing_even_beside_labels(reason: RejectReason) -> None:
    assert taught(Verdict.REJECT, [Label.INSULT], reason.value) is None
