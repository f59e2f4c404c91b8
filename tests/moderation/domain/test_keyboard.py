"""Keys of one's own: whatever is chosen, no key does two things."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.errors import InvalidValueError
from moderation.domain.keyboard import CHOOSABLE, DEFAULT_KEYS, KeyAct, checked, keys_of

_OURS = {act: keys[0] for act, keys in DEFAULT_KEYS.items()}


def test_ours_are_kept_as_nothing_and_do_not_meet() -> None:
    assert checked(_OURS) == {}
    assert keys_of({}) == dict(DEFAULT_KEYS)
    assert max(Counter("".join(DEFAULT_KEYS.values())).values()) == 1


def test_another_key_or_none_takes_the_place_of_ours() -> None:
    own = checked({**_OURS, KeyAct.PUBLISH: "p", KeyAct.SPAM: ""})
    assert own == {"publish": "p", "spam": ""}
    found = keys_of(own)
    assert (found[KeyAct.PUBLISH], found[KeyAct.SPAM], found[KeyAct.REJECT]) == ("p", "", "d")


def test_a_second_key_of_ours_gives_way() -> None:
    assert keys_of(checked({**_OURS, KeyAct.SKIP: "f"}))[KeyAct.PUBLISH] == "a"


@pytest.mark.parametrize("key", ["d", "1", "ক", " ", "ab", "\x00", "<"])
def test_a_key_of_two_acts_and_one_that_cannot_be_chosen_are_refused(key: str) -> None:
    with pytest.raises(InvalidValueError):
        checked({**_OURS, KeyAct.PUBLISH: key})


def test_the_choice_of_an_act_that_is_no_more_is_passed_over() -> None:
    assert keys_of({"fly": "q"}) == dict(DEFAULT_KEYS)


@given(st.dictionaries(st.sampled_from(list(KeyAct)), st.sampled_from(["", *sorted(CHOOSABLE)])))
def test_no_key_ever_does_two_things(written: dict[KeyAct, str]) -> None:
    try:
        own = checked({**_OURS, **written})
    except InvalidValueError:
        return
    keys = "".join(keys_of(own).values())
    assert len(keys) == len(set(keys))
