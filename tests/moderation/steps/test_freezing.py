from pathlib import Path

import pytest

from moderation.domain.errors import AlreadyExistsError, ConflictError, InvalidValueError, NotFoundError
from moderation.steps import freezing
from moderation.store import audit_log, gold_sets
from moderation.store.unit_of_work import Work
from tests.gold import GOOD, HARMFUL, gold_file


def written(folder: Path, *lines: str) -> Path:
    path = folder / "given.csv"
    path.write_text("\n".join(["text,toxicity,group", *lines]), encoding="utf-8")
    return path


def test_a_labelled_file_becomes_a_gold_set_and_the_record_says_so(work: Work, tmp_path: Path) -> None:
    found = freezing.import_gold(work, gold_file(tmp_path))
    assert (found.harmful, found.good, found.is_enough) == (len(HARMFUL), len(GOOD), True)
    assert freezing.show(work, "desk-gold") == found
    with work() as unit:
        entry = audit_log.latest(unit.connection, 1)[0]
    assert (entry.act, entry.subject, entry.details["rows"]) == ("gold.imported", "desk-gold", 50)


def test_it_comes_out_as_it_went_in(work: Work, tmp_path: Path) -> None:
    path = written(tmp_path, '"ভালো, ""খবর""\nদুই লাইন",0,রহিম', "কটিমর\u200d\u202e,1,")
    freezing.import_gold(work, path, name="x")
    with work() as unit:
        rows = gold_sets.rows_of(unit.connection, gold_sets.find(unit.connection, "x"))
    assert [(row.text, row.values[0], row.author) for row in rows] == [
        ('ভালো, "খবর"\nদুই লাইন', 0.0, "রহিম"),
        ("কটিমর\u200d\u202e", 1.0, ""),
    ]


def test_a_changed_row_is_noticed_before_it_measures_anything(work: Work, tmp_path: Path) -> None:
    freezing.import_gold(work, gold_file(tmp_path))
    with work() as unit:
        unit.connection.exec_driver_sql("UPDATE gold_rows SET known[1] = 1 WHERE n = 3")
    with pytest.raises(ConflictError, match=r"desk-gold.*digest differs"):
        freezing.show(work, "desk-gold")


@pytest.mark.parametrize("name", ["desk-gold", "another"])
def test_neither_a_name_nor_the_same_rows_come_twice(work: Work, tmp_path: Path, name: str) -> None:
    freezing.import_gold(work, gold_file(tmp_path))
    with pytest.raises(AlreadyExistsError, match="desk-gold"):
        freezing.import_gold(work, gold_file(tmp_path), name=name)


def test_a_comment_that_comes_twice_counts_once(work: Work, tmp_path: Path) -> None:
    found = freezing.import_gold(work, written(tmp_path, "সুন্দর লেখা,0,", "সুন্দর  লেখা,0,"))
    assert found.listed.rows == 1
    assert not found.is_enough


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("ভালো,0,", "ভালো,1,"), "comment 2 is labelled in another way"),
        (('"  ",0,',), "comment 1 is empty"),
        (("ভালো,7,",), "line 2"),
        ((), "no rows"),
    ],
)
def test_a_file_that_cannot_be_a_gold_set_is_refused_whole(
    work: Work, tmp_path: Path, lines: tuple[str, ...], told: str
) -> None:
    with pytest.raises(InvalidValueError, match=told):
        freezing.import_gold(work, written(tmp_path, *lines))
    with work() as unit:
        assert gold_sets.listed(unit.connection) == []


def test_a_retired_set_stays_listed_as_retired(work: Work, tmp_path: Path) -> None:
    freezing.import_gold(work, gold_file(tmp_path))
    first = freezing.retire(work, "desk-gold")
    assert first.retired_at is not None
    assert freezing.retire(work, "desk-gold").retired_at == first.retired_at
    with pytest.raises(NotFoundError, match="gold list"):
        freezing.retire(work, "unknown")
