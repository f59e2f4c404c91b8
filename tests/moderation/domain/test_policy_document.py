from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain import policy_document
from moderation.domain.errors import Fault, InvalidValueError
from moderation.domain.policy import Breaker, Policy
from moderation.store import policies

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["thresholds", "by_script", "toxicity", "bn", "hold", "x", "breaker", "share", "least"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_the_default_policy_is_a_sound_document() -> None:
    document = policies.document_of(Policy())
    assert policies.policy_of(0, policy_document.checked(document)) == Policy()


@given(_JSON)
def test_whatever_is_accepted_can_be_read_as_a_policy_and_the_rest_is_refused(document: object) -> None:
    faults: tuple[Fault, ...] = ()
    sound: dict[str, Any] = {}
    try:
        sound = policy_document.checked(document)
    except InvalidValueError as error:
        faults = error.faults
    assert faults or policies.policy_of(1, sound).version == 1


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ([], "", "not_an_object"),
        ({"threshold": {}}, "/threshold", "unknown_field"),
        ({"thresholds": {"toxic": {}}}, "/thresholds/toxic", "unknown_field"),
        ({"thresholds": {"threat": {"hold": 1.5}}}, "/thresholds/threat/hold", "out_of_range"),
        ({"thresholds": {"threat": {"hold": float("nan")}}}, "/thresholds/threat/hold", "out_of_range"),
        ({"thresholds": {"threat": {"hold": True}}}, "/thresholds/threat/hold", "out_of_range"),
        ({"thresholds": {"spam": {"hold": 0.9, "reject": 0.5}}}, "/thresholds/spam/reject", "below_hold"),
        ({"by_script": {"bangla": {}}}, "/by_script/bangla", "unknown_field"),
        ({"hold_links_over": -1}, "/hold_links_over", "out_of_range"),
        ({"hold_first_comments": None}, "/hold_first_comments", "out_of_range"),
        ({"breaker": 7}, "/breaker", "not_an_object"),
        ({"breaker": {"shares": 1}}, "/breaker/shares", "unknown_field"),
        ({"breaker": {"share": 0}}, "/breaker/share", "out_of_range"),
        ({"breaker": {"share": None}}, "/breaker/share", "out_of_range"),
        ({"breaker": {"least": 4}}, "/breaker/least", "out_of_range"),
        ({"breaker": {"minutes": 1441}}, "/breaker/minutes", "out_of_range"),
        ({"breaker": {"hold_minutes": True}}, "/breaker/hold_minutes", "out_of_range"),
    ],
)
def test_a_fault_is_named_by_where_it_is(document: object, pointer: str, code: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        policy_document.checked(document)
    assert (caught.value.faults[0].pointer, caught.value.faults[0].code) == (pointer, code)


def test_a_breaker_names_only_what_differs_from_the_default_and_null_is_none() -> None:
    assert policies.policy_of(1, policy_document.checked({"breaker": {"least": 5}})).breaker == Breaker(least=5)
    assert policies.policy_of(1, policy_document.checked({"breaker": None})).breaker is None
    assert policies.document_of(Policy(breaker=None))["breaker"] is None
