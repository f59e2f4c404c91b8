"""What supervisord is told: the commands, their order at the stop, and no secrets in the file."""

import configparser
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from moderation.commands.supervision import (
    MARK,
    Program,
    application_programs,
    child_environment,
    end_leftovers,
    remove_stale_socket,
    socket_path,
    start_programs,
    statuses,
    supervised,
    write_configuration,
)
from moderation.domain.jobs import JobQueue
from moderation.settings import Settings

DATABASE = "postgresql+psycopg://someone:hidden-one@/alochona"
BROKER = "redis://:hidden-two@127.0.0.1:6379/0"
KEY = "hidden-three-" + "k" * 32


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=DATABASE, redis_url=BROKER, secret_keys=(KEY,), var=tmp_path, port=8765)


def _written(settings: Settings) -> configparser.RawConfigParser:
    servers = [Program("postgres", ["postgres"], 10, server=True), Program("valkey", ["valkey"], 20, server=True)]
    parsed = configparser.RawConfigParser()
    parsed.read(write_configuration(settings.var, [*servers, *application_programs(settings)]))
    return parsed


def test_the_configuration_is_the_owners_and_holds_no_secret(settings: Settings) -> None:
    path = write_configuration(settings.var, application_programs(settings))
    assert path.stat().st_mode & 0o077 == 0
    assert "hidden" not in path.read_text()


def test_the_children_inherit_servers_key_and_single_threaded_numerics(settings: Settings) -> None:
    given = child_environment(settings, extra={"ALOCHONA_CALLBACK_ALLOW": "127.0.0.1:9"})
    assert (given["DATABASE_URL"], given["REDIS_URL"]) == (DATABASE, BROKER)
    assert given["ALOCHONA_SECRET_KEY"] == KEY
    assert given["ALOCHONA_CALLBACK_ALLOW"] == "127.0.0.1:9"
    assert {given[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL")} == {"1"}


def test_the_servers_stop_last_and_the_database_last_of_all(settings: Settings) -> None:
    written = _written(settings)
    alone = [int(written[f"program:{name}"]["priority"]) for name in ("postgres", "valkey")]
    assert [*alone, int(written["group:together"]["priority"])] == sorted({*alone, 30})
    assert written["group:together"]["programs"] == ",".join(program.name for program in application_programs(settings))


def test_every_process_is_started_again_when_it_dies(settings: Settings) -> None:
    written = _written(settings)
    programs = [written[name] for name in written.sections() if name.startswith("program:")]
    assert {program["autorestart"] for program in programs} == {"true"}


def test_the_application_waits_until_the_database_is_migrated(settings: Settings) -> None:
    written = _written(settings)
    started = {name for name in written.sections() if written[name].get("autostart") == "true"}
    assert started == {"program:postgres", "program:valkey"}


def test_every_job_queue_has_a_consumer(settings: Settings) -> None:
    consumed = [
        queue
        for program in application_programs(settings)
        if "-Q" in program.command
        for queue in program.command[list(program.command).index("-Q") + 1].split(",")
    ]
    assert sorted(consumed) == sorted(queue.value for queue in JobQueue)


def test_a_folder_with_a_long_name_gets_its_control_socket_elsewhere(tmp_path: Path) -> None:
    long = tmp_path / ("d" * 120)
    assert len(str(socket_path(long)).encode()) < 104


def test_what_a_killed_run_left_behind_is_ended_and_nothing_else_is(tmp_path: Path) -> None:
    sleeping = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with (
        subprocess.Popen(sleeping, env={**os.environ, MARK: str(tmp_path)}, stdout=subprocess.PIPE) as left,
        subprocess.Popen(sleeping, env={**os.environ, MARK: "another"}, stdout=subprocess.PIPE) as other,
    ):
        for process in (left, other):
            assert process.stdout is not None
            process.stdout.readline()
        assert end_leftovers(str(tmp_path)) == 1
        left.wait(5)
        assert other.poll() is None
        other.kill()


def test_a_socket_that_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    remove_stale_socket(path)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    remove_stale_socket(path)
    assert not path.exists()


def test_a_socket_that_somebody_listens_on_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(str(path))
        held.listen()
        remove_stale_socket(path)
        assert path.exists()


def test_programs_start_when_told_and_end_with_the_block(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    programs = [Program("sleeper", sleeping, 10, together=True), Program("other", sleeping, 20)]
    configuration = write_configuration(tmp_path, programs)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(socket_path(tmp_path)))
    with supervised(configuration, {**os.environ, MARK: str(tmp_path)}):
        start_programs(tmp_path, ["sleeper"])
        found = {status.name: status for status in statuses(tmp_path)}
        assert found["other"].state == "STOPPED"
        assert found["sleeper"].state == "STARTING"
        pid = found["sleeper"].pid
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)
    assert capfd.readouterr().err == ""


def test_a_supervisord_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="does not answer"):
        statuses(tmp_path)
