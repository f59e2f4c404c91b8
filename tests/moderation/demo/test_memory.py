"""What the demo site remembers holds under repeats, any order of arrival, restarts and torn logs."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.demo.callbacks import Callback
from moderation.demo.memory import Heard, Memory
from tests.moderation.demo.callback_samples import make_callback


def make_heard(webhook_id: str, version: int, comment_id: str = "c-001", verdict: str | None = "reject") -> Heard:
    callback = Callback.model_validate(make_callback(comment_id, version, verdict))
    return Heard(at=datetime.now(UTC), webhook_id=webhook_id, callback=callback)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "callbacks.jsonl"


def test_a_repeat_has_no_effect(log: Path) -> None:
    memory = Memory(log)
    first, again = memory.hear(make_heard("m1", 1)), memory.hear(make_heard("m1", 1))

    assert (first, again) == (True, False)
    assert len(memory.newest()) == 1
    assert memory.repeats == 1


def test_the_highest_version_stands_whatever_came_last(log: Path) -> None:
    memory = Memory(log)
    memory.hear(make_heard("m2", 2, verdict="approve"))
    memory.hear(make_heard("m1", 1, verdict="reject"))
    standing = memory.standing("c-001")

    assert standing is not None
    assert (standing.version, standing.verdict) == (2, "approve")
    assert memory.states() == {"published": 1}


def test_a_comment_that_was_never_told_of_does_not_stand(log: Path) -> None:
    assert Memory(log).standing("c-404") is None


@settings(max_examples=40, deadline=None)
@given(arrivals=st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 6)), min_size=1, max_size=25))
def test_any_order_with_any_repeats_ends_in_the_highest_versions_also_after_a_restart(
    arrivals: list[tuple[str, int]],
) -> None:
    highest = {comment: max(v for c, v in arrivals if c == comment) for comment, _ in arrivals}
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        memory = Memory(log)
        for comment, version in arrivals:
            memory.hear(make_heard(f"{comment}{version}", version, comment))
        for remembered in (memory, Memory(log)):
            stands = {comment: remembered.standing(comment) for comment in highest}

            assert {comment: told.version for comment, told in stands.items() if told} == highest
            assert len(remembered.newest()) == len(set(arrivals))


def test_a_restart_knows_what_was_heard_before(log: Path) -> None:
    Memory(log).hear(make_heard("m1", 3))

    assert Memory(log).hear(make_heard("m1", 3)) is False


def test_a_line_that_was_cut_short_costs_that_callback_alone(log: Path) -> None:
    memory = Memory(log)
    memory.hear(make_heard("m1", 1, "c-001"))
    with log.open("ab") as file:
        file.write(b'{"at": "2026-11-24T08:00:00Z", "webhook_id": "m2", "callba')
    Memory(log).hear(make_heard("m3", 1, "c-003"))
    again = Memory(log)

    assert [heard.webhook_id for heard in again.newest()] == ["m3", "m1"]
    assert again.hear(make_heard("m2", 1, "c-002")) is True


def test_newest_come_first(log: Path) -> None:
    memory = Memory(log)
    for version in (1, 2, 3):
        memory.hear(make_heard(f"m{version}", version))

    assert [heard.callback.data.version for heard in memory.newest()] == [3, 2, 1]


def test_what_the_log_cannot_take_is_not_remembered_and_may_come_again(log: Path) -> None:
    memory = Memory(log)
    log.unlink()
    log.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        memory.hear(make_heard("m1", 1))
    log.unlink()
    log.touch()

    assert memory.standing("c-001") is None
    assert memory.hear(make_heard("m1", 1)) is True
