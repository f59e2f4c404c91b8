"""Rows travel to PostgreSQL as one JSON document and come out as they went in."""

import uuid
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from moderation.domain.policy import Check
from moderation.domain.vocabulary import Action, Label
from moderation.store.documents import document

_TAKE_APART = text("""
SELECT t.words, t.number FROM json_to_recordset(CAST(:rows AS json)) AS t(words text, number float8)
""")

storable = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(storable, st.floats(allow_nan=False, allow_infinity=False))))
def test_texts_and_numbers_are_not_changed_on_the_way(engine: Engine, rows: list[tuple[str, float]]) -> None:
    sent = document([{"words": words, "number": number} for words, number in rows])
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(_TAKE_APART, {"rows": sent})] == rows


def test_words_of_the_domain_ids_and_times_are_written_as_the_columns_read_them() -> None:
    at = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    check = Check("label_hold", Action.HOLD, Label.THREAT, 0.9, 0.6)
    assert document([at, uuid.UUID(int=1), check]) == (
        '["2026-11-24T06:30:00+00:00","00000000-0000-0000-0000-000000000001",'
        '{"rule":"label_hold","action":"hold","label":"threat","value":0.9,"threshold":0.6,"detail":""}]'
    )
