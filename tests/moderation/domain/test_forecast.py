"""How long a backlog lasts at a pace, and what share of a label's catch people published."""

import pytest

from moderation.domain.forecast import Forecast, overturned
from moderation.domain.policy import Policy
from moderation.domain.score_tally import Heap
from moderation.domain.vocabulary import Action, Label, Script
from moderation.domain.what_if import Moved


@pytest.mark.parametrize(
    ("forecast", "days"),
    [
        (Forecast(100, 10, 30), 5.0),
        (Forecast(100, 30, 10), None),
        (Forecast(100, 10, 10), None),
        (Forecast(0, 30, 10), 0.0),
    ],
)
def test_a_backlog_ends_only_where_more_goes_than_comes(forecast: Forecast, days: float | None) -> None:
    assert forecast.days == days


def test_only_what_reaches_its_label_s_threshold_counts_as_overturned() -> None:
    heaps = [
        Heap(Label.THREAT, "bn", Action.PUBLISH, 60, 9, 3, 4),
        Heap(Label.THREAT, "bn", Action.HOLD, 70, 9, 1, 4),
        Heap(Label.THREAT, "bn", Action.HOLD, 39, 99, 50, 0),
        Heap(Label.THREAT, "en", Action.HOLD, 60, 9, 0, 0),
    ]
    (found,) = overturned(heaps, Policy())
    assert (found.label, found.script, found.moved) == (Label.THREAT, Script.BANGLA, Moved(18, 4, 8))
