"""What the terminal is shown while the service runs."""

from pathlib import Path

import pytest

from moderation.commands.supervision import Status
from moderation.commands.watching import Follower, Watch, last_line


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "receiver.log"
    path.write_text("from an earlier run\n")
    return path


def _add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _rotate(path: Path) -> None:
    path.rename(path.with_suffix(".log.1"))


def _heard(follower: Follower) -> list[str]:
    return list(follower.new_lines())


def test_a_log_is_followed_from_its_end_by_whole_lines(log: Path) -> None:
    follower = Follower(log)
    assert _heard(follower) == []
    _add(log, "এক\nদু")
    assert _heard(follower) == ["এক"]
    _add(log, "ই\nতিন\n")
    assert _heard(follower) == ["দুই", "তিন"]
    follower.close()


def test_a_rotated_log_is_followed_into_the_new_file_without_losing_a_line(log: Path) -> None:
    follower = Follower(log)
    _add(log, "one\n")
    assert _heard(follower) == ["one"]
    _add(log, "two\n")
    _rotate(log)
    assert _heard(follower) == ["two"]
    _add(log, "three\n")
    assert _heard(follower) == ["three"]
    _add(log, "four\n")
    assert _heard(follower) == ["four"]
    follower.close()


def test_a_log_that_does_not_exist_yet_is_begun(tmp_path: Path) -> None:
    follower = Follower(tmp_path / "new.log")
    _add(tmp_path / "new.log", "first\n")
    assert _heard(follower) == ["first"]
    follower.close()


def _status(state: str, pid: int) -> Status:
    return Status("worker", "together", state, pid)


def _running(pid: int) -> list[Status]:
    return [_status("RUNNING", pid)]


def test_a_program_that_goes_on_is_no_news(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    assert [watch.news([_status(state, 7)]) for state in ("STARTING", "RUNNING", "RUNNING")] == [[], [], []]


def test_a_program_that_was_killed_and_started_again_is_told_once(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    watch.news(_running(7))
    assert watch.news([_status("EXITED", 0)]) == []
    assert watch.news(_running(8)) == ["worker ended and was started again."]
    assert watch.news(_running(8)) == []


def test_a_program_that_cannot_start_is_told_once_with_what_it_said_last(tmp_path: Path) -> None:
    (tmp_path / "worker.log").write_text("hello\nError: the port is taken \x1b[2J\n\n")
    watch = Watch(tmp_path)
    (told,) = watch.news([_status("BACKOFF", 0)])
    assert "worker does not start" in told
    assert "Error: the port is taken" in told
    assert "\x1b" not in told
    assert watch.news([_status("STARTING", 9)]) == watch.news([_status("BACKOFF", 0)]) == []
    assert watch.news(_running(10)) == ["worker runs again."]
    assert watch.news([_status("BACKOFF", 0)]) == [told]


def test_a_program_that_was_given_up_is_told_with_what_to_do(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    watch.news([_status("BACKOFF", 0)])
    (told,) = watch.news([_status("FATAL", 0)])
    assert str(tmp_path / "worker.log") in told
    assert "Ctrl-C" in told


def test_braces_in_a_programs_last_words_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "worker.log").write_text('{"event": "{log}"}\n')
    (told,) = Watch(tmp_path).news([_status("BACKOFF", 0)])
    assert told.endswith('{"event": "{log}"}')


@pytest.mark.parametrize("content", [b"", b"\n\n", b"x" * 5_000 + b"\nlast\n", b"\xff\xfe\nlast"])
def test_the_last_line_of_any_log_can_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(content)
    assert last_line(path) == ("last" if b"last" in content else "")
    assert last_line(tmp_path / "missing.log") == ""
