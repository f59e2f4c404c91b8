"""What a desk decided on comments like one: the most alike first, and of one mind where four of five were."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest

from classifiers import normalise
from moderation.domain.vocabulary import Verdict
from moderation.steps import recalling
from moderation.store.likenesses import Precedent
from tests.factories import NOW

TEXT = "তোমরা সবাই এই খবরটা ছড়িয়ে দাও, কাল সকালে আমরা সবাই রাস্তায় থাকব"
OTHER = "একটা কথাও তো কেউ সংসদে তুলল না এবারের বাজেট অধিবেশনে, লজ্জা"


def _past(written: str, verdict: Verdict = Verdict.REJECT, age: int = 0) -> Precedent:
    return Precedent(
        uuid.uuid4(), written, normalise(written), verdict, ["insult"], "Karim", NOW - timedelta(minutes=age)
    )


def _recall(text: str, *past: Precedent) -> recalling.Memory:
    return recalling.recall(text, lambda _: past)


def test_the_most_alike_stand_first_of_equals_the_newest_and_what_is_unlike_is_left_out() -> None:
    old, new = _past(TEXT, age=9), _past(TEXT, age=1)
    signed = _past(f"{TEXT} ভাই")
    memory = _recall(TEXT, old, _past(OTHER), signed, new)
    assert [one.precedent for one in memory.recalled] == [new, old, signed]
    assert [one.likeness == 1.0 for one in memory.recalled] == [True, True, False]


def test_no_more_than_five_are_told() -> None:
    assert len(_recall(TEXT, *(_past(f"{TEXT} {n}") for n in range(9))).recalled) == 5


@pytest.mark.parametrize(
    ("rejected", "published", "prevailing"),
    [(5, 0, Verdict.REJECT), (4, 1, Verdict.REJECT), (3, 2, None), (1, 4, Verdict.APPROVE), (4, 0, None)],
)
def test_four_of_five_make_a_rule(rejected: int, published: int, prevailing: Verdict | None) -> None:
    past = [_past(TEXT)] * rejected + [_past(TEXT, Verdict.APPROVE)] * published
    memory = _recall(TEXT, *past)
    assert memory.prevailing == prevailing
    assert memory.agreeing == max(rejected, published)


def test_a_short_text_recalls_nothing_and_asks_for_nothing() -> None:
    def never(bands: Sequence[int]) -> Sequence[Precedent]:
        raise AssertionError(bands)

    assert recalling.recall("ভালো", never) == recalling.NOTHING
