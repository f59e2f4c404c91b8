"""Tests of classifiers.clusters, against the boundaries of another implementation."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.clusters import may_part

TELLING = (
    "কষরিা্ঁং\u09bc\u200d\u200c\r\n a1\U0001f600\U0001f469\U0001f3fd\U0001f3ff\U0001f1e7\U0001f1e9\u1100\u1161\u11a8가각"
    "\u0301\u0e33\u0600\ufe0f\u20e3\U000e0067\u0928\u0915\u094d\u0924"
)
PARTS = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]) | st.sampled_from(TELLING), max_size=30)


@settings(max_examples=500)
@given(PARTS)
def test_no_cluster_is_ever_parted(text: str) -> None:
    edges = {0, len(text), *(match.end() for match in regex.finditer(r"\X", text))}
    assert {at for at in range(len(text) + 1) if may_part(text, at)} <= edges


@pytest.mark.parametrize("text", ["কলম", "abc", "a, b", "😀😀", "ভা", "x\u200d y"])
def test_letters_signs_and_emoji_that_stand_side_by_side_may_be_parted(text: str) -> None:
    clusters = regex.findall(r"\X", text)
    assert sum(may_part(text, at) for at in range(len(text))) == len(clusters)
