"""Numbers and times as Bangla and English readers write them."""

from datetime import timedelta

import pytest

from moderation.web.dashboard import wording
from tests.factories import NOW


@pytest.mark.parametrize(
    ("seconds", "bangla", "english"),
    [
        (0, "এইমাত্র", "just now"),
        (-5, "এইমাত্র", "just now"),
        (59, "৫৯ সেকেন্ড আগে", "59 seconds ago"),
        (60, "১ মিনিট আগে", "1 minute ago"),
        (2 * 3_600, "২ ঘণ্টা আগে", "2 hours ago"),
        (3 * 86_400, "৩ দিন আগে", "3 days ago"),
    ],
)
def test_ages_are_told_in_one_unit(seconds: int, bangla: str, english: str) -> None:
    age = timedelta(seconds=seconds)
    assert (wording.ago(age, "bn"), wording.ago(age, "en")) == (bangla, english)


def test_what_is_due_is_told_ahead_or_as_due() -> None:
    assert wording.ahead(timedelta(minutes=5), "en") == "in 5 minutes"
    assert wording.ahead(timedelta(hours=5), "bn") == "৫ ঘণ্টা পরে"
    assert wording.ahead(timedelta(seconds=-5), "en") == "due now"


def test_one_and_many_have_forms_of_their_own() -> None:
    told = [wording.counted("{n} report", "{n} reports", n, "en") for n in (0, 1, 2)]
    assert told == ["0 reports", "1 report", "2 reports"]
    assert wording.counted("{n} report", "{n} reports", 12, "bn") == "১২টি অভিযোগ"


def test_names_keep_their_digits_and_braces() -> None:
    assert "Rahim {2}" in wording.translated("open at {name}", "bn", name="Rahim {2}")


def test_an_unknown_language_is_bangla() -> None:
    assert [wording.chosen(one) for one in (None, "xx", "en", "bn")] == ["bn", "bn", "en", "bn"]


def test_a_reason_names_label_value_and_threshold() -> None:
    check = {"rule": "label_hold", "label": "threat", "value": 0.914, "threshold": 0.6, "detail": ""}
    assert wording.reason(check, "en", NOW) == "threat 0.91 (held from 0.60)"
    assert wording.reason(check, "bn", NOW) == "হুমকি ০.৯১ (সীমা ০.৬০)"


def test_the_end_of_a_suspension_is_told_by_how_far_it_is() -> None:
    check = {"rule": "author_suspended", "detail": (NOW + timedelta(days=3)).isoformat()}
    assert wording.reason(check, "en", NOW) == "the author is suspended (ends in 3 days)"
    assert wording.reason(check, "en", NOW + timedelta(days=5)) == "the author is suspended (ended 2 days ago)"
    assert "৩ দিন" in wording.reason(check, "bn", NOW)
