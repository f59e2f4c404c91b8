"""Tests of classifiers.teaching: a desk's decisions merged into a bundle."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from classifiers import LABELS, Bundle, load_bundle
from classifiers.influence import recency
from classifiers.rehearsing import SHARE, rehearsal
from classifiers.teaching import _desk, _Lesson
from classifiers.training import DataError, Example, Step, cases, evaluate_bundle, split_examples, teach
from tests.classifiers.desk import CIVIL, RUDE, comment, decisions, example


def _auc(bundle: Bundle, examples: list[Example]) -> float:
    found = evaluate_bundle(bundle, examples).labels["toxicity"].auc
    assert found is not None
    return found


def test_a_desk_teaches_a_word_that_nobody_knew(bundle: Bundle) -> None:
    training, test = split_examples(decisions(300), 0.3, seed=1)
    taught = teach(bundle, training, name="taught", seed=1)
    assert _auc(bundle, test) < 0.9
    assert _auc(taught, test) > 0.98


def test_what_was_known_before_is_not_forgotten(bundle: Bundle) -> None:
    taught = teach(bundle, decisions(300), name="taught", seed=1)
    calm, rude = (scored.scores[0] for scored in taught.score(["ভালো খবর সবাইকে", " ".join(RUDE["insult"])]))
    assert rude > calm + 0.2


def test_labels_that_the_desk_did_not_give_both_values_of_stay_as_they_were(bundle: Bundle) -> None:
    examples = [*decisions(60), example("শুধু এক", threat=1.0)]
    texts = ["ভালো খবর", " ".join(RUDE["threat"]), ""]
    before, after = bundle.score(texts), teach(bundle, examples, name="taught", seed=1).score(texts)
    untaught = [index for index, label in enumerate(LABELS) if label not in {"toxicity", "insult"}]
    assert [[each.scores[index] for index in untaught] for each in before] == [
        [each.scores[index] for index in untaught] for each in after
    ]


def test_the_merged_bundle_is_the_base_plus_the_residual_in_every_script(bundle: Bundle) -> None:
    """With both parts computed apart from the taught bundle, up to the rounding of weights to bytes."""
    examples = decisions(120)
    taught = teach(bundle, examples, name="taught", seed=1)
    desk = _desk(bundle, examples, np.ones(len(examples)), rehearsal(), lambda _: None)
    own = np.arange(len(examples))
    assert set(desk.families[own]) == {0, 1, 2}
    lesson = _Lesson(bundle, desk, 0, 1)
    expected = lesson.logits(lesson.fit(desk.known(0)), own)
    normalised = [each.normalised for each in bundle.score([each.text for each in examples])]
    found = taught.calibration.calibrated(taught.logits(normalised), desk.families[own])[:, 0]
    assert np.abs(found - expected).max() < 0.1
    assert np.corrcoef(found, expected)[0, 1] > 0.999


def test_a_handful_of_decisions_moves_a_score_a_little(bundle: Bundle) -> None:
    few = [example("ভালো খবর সবাইকে", toxicity=1.0), example(" ".join(RUDE["insult"]), toxicity=0.0)]
    rude = " ".join(RUDE["threat"])
    before, after = (each.score([rude])[0].scores[0] for each in (bundle, teach(bundle, few, name="few", seed=1)))
    assert before > 0.5
    assert after > before - 0.3


def test_probabilities_are_calibrated_where_there_are_many_decisions(bundle: Bundle) -> None:
    training, test = split_examples(decisions(900), 0.3, seed=1)
    assert evaluate_bundle(teach(bundle, training, name="taught", seed=1), test).labels["toxicity"].ece < 0.05


def test_a_taught_bundle_has_the_same_form_and_names_its_base(bundle: Bundle) -> None:
    taught = load_bundle(teach(bundle, decisions(60), name="taught", seed=1).to_bytes())
    assert taught.name == "taught"
    assert bundle.digest in taught.card
    assert taught.metrics["taught_from"] == bundle.digest


def test_a_taught_bundle_can_be_taught_again(bundle: Bundle) -> None:
    once = teach(bundle, decisions(200), name="once", seed=1)
    twice = teach(once, decisions(200, bad="ঢঙঢঙি"), name="twice", seed=1)
    assert _auc(twice, decisions(100, bad="ঢঙঢঙি")) > 0.98
    assert twice.card.count("---") == once.card.count("---")


def test_the_same_decisions_and_seed_give_the_same_bytes(bundle: Bundle) -> None:
    assert (
        teach(bundle, decisions(60), name="a", seed=1).to_bytes()
        == teach(bundle, decisions(60), name="a", seed=1).to_bytes()
    )


def test_of_a_long_comment_the_worst_part_is_learned(bundle: Bundle) -> None:
    civil = "ভালো খবর ধন্যবাদ সবাইকে " * 40
    examples = [example(civil + " ".join(RUDE["threat"]) + f" {number}", toxicity=1.0) for number in range(30)]
    examples += [example(f"{civil} {number}", toxicity=0.0) for number in range(30)]
    taught = teach(bundle, examples, name="long", seed=1)
    calm, rude = (scored.scores[0] for scored in taught.score([civil, civil + " ".join(RUDE["threat"])]))
    assert calm < 0.5 < rude


def test_decisions_that_all_say_the_same_teach_nothing_and_are_refused(bundle: Bundle) -> None:
    with pytest.raises(DataError, match="nothing to learn"):
        teach(bundle, [example("এক", toxicity=1.0), example("দুই", toxicity=1.0)], name="x", seed=1)


def test_progress_is_told_in_steps_that_all_come(bundle: Bundle) -> None:
    told: dict[str, list[int]] = {}

    def note(what: str, steps: int) -> Step:
        told[what] = [steps]
        return told[what].append

    teach(bundle, decisions(20), name="x", seed=1, progress=note)
    assert list(told) == ["making features", "fitting labels"]
    assert all(sum(done) == steps for steps, *done in told.values())


def _by(person: str, examples: list[Example], *, inverted: bool = False) -> list[Example]:
    """The same comments as one moderator's decisions, all the wrong way round if wished."""
    return [
        replace(
            one,
            person=person,
            values=tuple(1 - value if inverted and value is not None else value for value in one.values),
        )
        for one in examples
    ]


def test_one_of_five_moderators_who_labels_everything_wrongly_and_most_of_all_cannot_turn_the_bundle(
    bundle: Bundle,
) -> None:
    comments, test = split_examples(decisions(1_600), 0.2, seed=1)
    honest = [one for n in range(4) for one in _by(f"moderator {n}", comments[n * 60 : n * 60 + 60])]
    hostile = _by("moderator 5", comments[240:], inverted=True)
    assert len(hostile) > 3 * len(honest)
    unlimited = [replace(one, person="") for one in honest + hostile]
    assert _auc(teach(bundle, unlimited, name="turned", seed=1), test) < 0.5
    assert _auc(teach(bundle, honest + hostile, name="taught", seed=1), test) > 0.9


def test_decisions_are_learned_with_the_weight_of_their_age(bundle: Bundle) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    dated = [replace(one, decided_at=first + timedelta(days=n)) for n, one in enumerate(decisions(400))]
    weighed = [replace(one, weight=weight) for one, weight in zip(decisions(400), recency(dated), strict=True)]
    by_age, by_weight, timeless = (
        teach(bundle, examples, name="x", seed=1) for examples in (dated, weighed, decisions(400))
    )
    assert np.array_equal(by_age.linear.weights, by_weight.linear.weights)
    assert not np.array_equal(by_age.linear.weights, timeless.linear.weights)


def test_the_metrics_tell_of_the_lessons_and_name_nobody(bundle: Bundle) -> None:
    examples = _by("moderator 17", decisions(40)) + [replace(one, origin="desk.csv") for one in decisions(20)]
    told = load_bundle(teach(bundle, examples, name="x", seed=1).to_bytes()).metrics["taught_with"]
    assert isinstance(told, dict)
    assert (told["examples"], told["people"], told["origins"]) == (60, 1, {"desk": 40, "desk.csv": 20})
    assert told["rehearsed"] == {"examples": len(rehearsal()), "share": SHARE}
    assert "17" not in str({**told, "rehearsed": None})


def test_each_family_of_scripts_is_calibrated_to_its_own_habit(bundle: Bundle) -> None:
    """A desk that rejects three in ten comments in Bangla script and eight in ten romanized ones, whatever they say."""
    chance, examples = random.Random(4), []
    words = {True: [word for word in CIVIL if word.isascii()], False: [word for word in CIVIL if not word.isascii()]}
    for _ in range(1_200):
        latin = chance.random() < 0.5
        text = " ".join(chance.choices(words[latin], k=7))
        examples.append(example(text, toxicity=float(chance.random() < (0.8 if latin else 0.3))))
    taught, test = teach(bundle, examples[:800], name="x", seed=1), examples[800:]
    for latin in (True, False):
        part = [one for one in test if one.text.isascii() == latin]
        habit = 0.8 if latin else 0.3
        before, after = (
            sum(scored.scores[0] for scored in each.score([one.text for one in part])) / len(part)
            for each in (bundle, taught)
        )
        assert abs(after - habit) < 0.06 < abs(before - habit)


def test_learning_only_what_it_is_least_certain_of_does_not_break_it(bundle: Bundle) -> None:
    """Known as a collapse of learners that lose the base's opinion where nobody asks about it any more."""
    chance, rude = random.Random(8), RUDE["insult"]
    examples = [
        example(comment(chance, tuple(chance.choices(rude, k=2)) if number % 2 else ()), toxicity=number % 2)
        for number in range(900)
    ]
    waiting, test = examples[:600], examples[600:]
    scores = np.array([scored.scores[0] for scored in bundle.score([one.text for one in waiting])])
    asked = [waiting[at] for at in np.argsort(np.abs(scores - 0.5), kind="stable")[:330]]
    before, after = (
        evaluate_bundle(each, test).labels["toxicity"] for each in (bundle, teach(bundle, asked, name="x", seed=1))
    )
    assert before.auc is not None
    assert after.auc is not None
    assert after.auc > before.auc - 0.01
    assert after.f1["0.5"] > before.f1["0.5"] - 0.01


def _held_of_the_training_half(bundle: Bundle, half: int) -> float:
    """Share of what must be held that toxicity holds, among every second template."""
    texts = [case.text for case in cases("train") if case.expected == "hold" and int(case.template[-1]) % 2 == half]
    return sum(scored.scores[0] >= 0.6 for scored in bundle.score(texts)) / len(texts)


@pytest.mark.parametrize(("count", "unlearned"), [(40, 0.02), (150, 0.02), (400, 0.0)])
def test_a_desk_that_never_meets_abuse_of_a_kind_does_not_unteach_it(
    starter: Bundle, count: int, unlearned: float
) -> None:
    """It finds next to nothing toxic. Measured on templates that are not rehearsed here; the starter has met them. From
    200 decisions on probabilities are calibrated on them too, which takes back most of what is unlearned alone.
    """
    chance = random.Random(3)
    desk = [example(comment(chance, ("কুলাঙ্গার",) * (n % 20 == 0)), toxicity=n % 20 == 0) for n in range(count)]
    beside = [each for each in rehearsal() if int(each.example.group[-1]) % 2]
    before, alone, rehearsed = (
        _held_of_the_training_half(each, 0)
        for each in (
            starter,
            teach(starter, desk, name="alone", seed=1, beside=()),
            teach(starter, desk, name="rehearsed", seed=1, beside=beside),
        )
    )
    assert before - rehearsed < 0.02
    assert rehearsed - alone > unlearned


def test_what_is_rehearsed_is_no_label_of_the_desk(bundle: Bundle) -> None:
    """It teaches no label by itself, counts with nobody's influence, and does not shift what drift is measured from."""
    one = [example("এক", toxicity=1.0), example("দুই", toxicity=1.0)]
    with pytest.raises(DataError, match="nothing to learn"):
        teach(bundle, one, name="x", seed=1, beside=rehearsal())
    taught = teach(bundle, decisions(60), name="x", seed=1)
    assert "taught with 60 labels of a desk" in taught.card
    assert f"{len(rehearsal()):,} cases of BanglaCheck" in taught.card
    assert "BanglaCheck" not in teach(bundle, decisions(60), name="x", seed=1, beside=()).card.partition("---")[0]
