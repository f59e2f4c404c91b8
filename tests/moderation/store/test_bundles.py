import pytest
from sqlalchemy import Connection

from moderation.domain.errors import AlreadyExistsError, ConflictError, NotFoundError
from moderation.store import bundles
from moderation.store.unit_of_work import Work


def keep(connection: Connection, name: str, digest: str | None = None) -> int:
    content = name.encode()
    return bundles.register(
        connection, name=name, digest=digest or name * 16, content=content, card="", metrics={}, origin="test"
    )


def live(connection: Connection) -> str | None:
    promoted = bundles.promoted(connection)
    return promoted.name if promoted else None


def promote(connection: Connection, *ids: int) -> None:
    for one in ids:
        bundles.promote(connection, one, by="test", why="")


def test_nothing_is_live_before_a_promotion(work: Work) -> None:
    with work() as unit:
        keep(unit.connection, "aaaa")
        assert bundles.promoted(unit.connection) is None


def test_the_same_bytes_are_kept_once_under_their_first_name(work: Work) -> None:
    with work() as unit:
        first = keep(unit.connection, "aaaa", "d1")
        assert keep(unit.connection, "bbbb", "d1") == first
        assert [one.name for one in bundles.listed(unit.connection)] == ["aaaa"]


def test_another_bundle_cannot_take_a_name(work: Work) -> None:
    with work() as unit:
        keep(unit.connection, "aaaa", "d1")
        with pytest.raises(AlreadyExistsError, match="aaaa"):
            keep(unit.connection, "aaaa", "d2")


def test_the_newest_promotion_is_live_and_its_bytes_are_left_out_for_who_has_them(work: Work) -> None:
    with work() as unit:
        promote(unit.connection, keep(unit.connection, "aaaa"), keep(unit.connection, "bbbb"))
        first = bundles.promoted(unit.connection)
        assert first is not None
        assert (first.name, first.content) == ("bbbb", b"bbbb")
        again = bundles.promoted(unit.connection, first.digest)
        assert again is not None
        assert again.content is None


def test_going_back_twice_goes_back_two_bundles(work: Work) -> None:
    with work() as unit:
        promote(unit.connection, *(keep(unit.connection, name) for name in ("aaaa", "bbbb", "cccc")))
        assert bundles.roll_back(unit.connection, by="test", why="") == "bbbb"
        assert live(unit.connection) == "bbbb"
        assert bundles.roll_back(unit.connection, by="test", why="") == "aaaa"
        with pytest.raises(ConflictError):
            bundles.roll_back(unit.connection, by="test", why="")
        assert live(unit.connection) == "aaaa"


def test_promoting_after_going_back_starts_from_where_one_stands(work: Work) -> None:
    with work() as unit:
        a, b, c = (keep(unit.connection, name) for name in ("aaaa", "bbbb", "cccc"))
        promote(unit.connection, a, b)
        bundles.roll_back(unit.connection, by="test", why="")
        promote(unit.connection, c)
        assert bundles.roll_back(unit.connection, by="test", why="") == "aaaa"


def test_a_reason_that_looks_like_the_mark_of_going_back_is_not_one(work: Work) -> None:
    with work() as unit:
        a, b = keep(unit.connection, "aaaa"), keep(unit.connection, "bbbb")
        promote(unit.connection, a)
        bundles.promote(unit.connection, b, by="test", why="rollback: rollback: of nothing")
        assert bundles.roll_back(unit.connection, by="test", why="") == "aaaa"


def test_a_bundle_is_found_by_name_or_by_the_beginning_of_its_digest(work: Work) -> None:
    with work() as unit:
        keep(unit.connection, "aaaa", "0123456789abcdef")
        keep(unit.connection, "bbbb", "01234567ffffffff")
        assert bundles.find(unit.connection, "aaaa").digest == "0123456789abcdef"
        assert bundles.find(unit.connection, "0123456789").name == "aaaa"
        with pytest.raises(ConflictError):
            bundles.find(unit.connection, "01234567")
        with pytest.raises(NotFoundError):
            bundles.find(unit.connection, "0123")
