"""The private servers: only their sockets lead in, only with a password, and they keep what they were given."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from moderation.broker import celery_app
from moderation.embedded import (
    EmbeddedServerError,
    joined_postgres,
    postgres_command,
    running_postgres,
    running_valkey,
    valkey_command,
    valkey_url,
)
from moderation.embedded.accounts import NAME
from moderation.embedded.postmasters import postmaster_of
from moderation.embedded.sockets import LONGEST, socket_folder

_FAST = {"fsync": "off"}
_DEEP = "আলোচনা সভার খুব লম্বা নামের একটি ফোল্ডার"
ROOT = os.geteuid() == 0


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder with a short path, which under root the database's user can pass through."""
    with tempfile.TemporaryDirectory(prefix="alochona-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
def data(var: Path) -> Path:
    return var / "postgres"


def _ask(url: str, statement: str) -> str:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return str(result.scalar_one()) if result.returns_rows else ""
    finally:
        engine.dispose()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _without_password(url: str) -> str:
    return make_url(url).set(password=None).render_as_string()


def _kill_everything(data: Path) -> int:
    """``kill -9`` of the postmaster, as when the machine loses its power; its file stays behind."""
    number = postmaster_of(data)
    assert number is not None
    os.kill(number, signal.SIGKILL)
    assert (data / "postmaster.pid").exists()
    return number


def _rewrite_number(data: Path, number: int) -> None:
    path = data / "postmaster.pid"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([str(number), *lines[1:]]) + "\n")


def _open_to_all(data: Path) -> None:
    """As the versions before the password left a folder."""
    (data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 trust\n")
    data.with_name("postgres.password").unlink()


# PostgreSQL, who comes in


def test_the_database_listens_on_a_socket_of_its_owner_and_on_no_port(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        parsed = make_url(url)
        assert parsed.drivername == "postgresql+psycopg"
        assert parsed.port is None
        assert _ask(url, "SHOW listen_addresses") == ""
        assert _mode(Path(str(parsed.query["host"])) / ".s.PGSQL.5432") == 0o700
        running = psutil.Process(postmaster_of(data))
        assert [one for one in running.net_connections("inet") if one.status == psutil.CONN_LISTEN] == []


def test_nobody_enters_the_database_without_its_password(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        for wrong in (_without_password(url), make_url(url).set(password="guessed").render_as_string(False)):
            with pytest.raises(OperationalError, match="password"):
                _ask(wrong, "SELECT 1")
        assert _ask(url, "SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = 'postgres'") == "True"


def test_password_and_data_are_closed_to_other_users(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        assert _mode(data) == 0o700
        for name in ("postgres.password", "postgres.log"):
            assert _mode(data.with_name(name)) == 0o600
        password = make_url(url).password
        assert password == data.with_name("postgres.password").read_text()
        assert not any(password in word for process in psutil.process_iter() for word in _words(process))
        assert not data.with_name("postgres.handed").exists()


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def test_settings_hold_for_the_run_they_were_given_for(data: Path) -> None:
    with running_postgres(data, {"fsync": "off", "synchronous_commit": "off"}) as url:
        assert _ask(url, "SHOW fsync") == "off"
        assert _ask(url, "SHOW synchronous_commit") == "off"
    with running_postgres(data, {}) as url:
        assert _ask(url, "SHOW fsync") == "on"


# PostgreSQL, stopping and starting again


def test_what_is_stored_is_there_at_the_next_start_with_the_same_password(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        _ask(url, "CREATE TABLE kept AS SELECT 'হ্যাঁ' AS word")
    assert postmaster_of(data) is None
    with running_postgres(data, _FAST) as again:
        assert again == url
        assert _ask(again, "SELECT word FROM kept") == "হ্যাঁ"


def test_stopping_does_not_wait_for_who_is_connected(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        engine = create_engine(url)
        connection = engine.connect()
        connection.execute(text("SELECT 1"))
    assert postmaster_of(data) is None
    connection.invalidate()
    engine.dispose()


@pytest.mark.parametrize("successor", ["nobody", "another process", "a zombie"])
def test_after_kill_9_the_next_start_works_whoever_has_the_number_now(data: Path, successor: str) -> None:
    with running_postgres(data, {}) as url:
        _ask(url, "CREATE TABLE kept AS SELECT 1 AS one")
        _kill_everything(data)
    child = subprocess.Popen([sys.executable, "-c", "" if successor == "a zombie" else "import time; time.sleep(60)"])
    try:
        if successor == "a zombie":
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        if successor != "nobody":
            _rewrite_number(data, child.pid)
        with running_postgres(data, _FAST) as again:
            assert _ask(again, "SELECT one FROM kept") == "1"
    finally:
        child.kill()
        child.wait()


def test_backends_that_outlive_their_postmaster_are_ended_before_the_next_start(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            backend = psutil.Process(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            backend.suspend()  # it cannot notice that its postmaster is gone
            _kill_everything(data)
            connection.invalidate()
        engine.dispose()
        deadline = time.monotonic() + 10
        while postmaster_of(data) is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert backend.is_running()
    with running_postgres(data, _FAST) as url:
        assert _ask(url, "SELECT 1") == "1"
        assert not backend.is_running()


def test_a_server_that_really_runs_is_told_and_left_alone(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        number = postmaster_of(data)
        with (
            pytest.raises(EmbeddedServerError, match=rf"\(process {number}\) already runs"),
            running_postgres(data, {}),
        ):
            pass
        with pytest.raises(EmbeddedServerError, match="already runs"):
            postgres_command(data)
        assert _ask(url, "SELECT 1") == "1"


def test_a_number_that_makes_no_sense_is_no_server(data: Path) -> None:
    data.mkdir()
    for content in ("", "not a number\n", "99999999\n", f"{os.getpid()}\n"):
        (data / "postmaster.pid").write_text(content)
        assert postmaster_of(data) is None


def test_a_server_that_cannot_start_is_told_with_its_reason_and_its_log(data: Path) -> None:
    with running_postgres(data, _FAST):
        pass
    with (data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedServerError, match=r"did not start: .*configuration file.*postgres\.log"):
        running_postgres(data, {}).__enter__()


# PostgreSQL, commands beside the service


def test_a_command_joins_the_server_that_runs_and_leaves_it_running(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        with joined_postgres(data) as joined:
            assert joined == url
        assert _ask(url, "SELECT 1") == "1"


def test_the_last_of_two_commands_stops_the_server_that_the_first_started(data: Path) -> None:
    first, second = joined_postgres(data), joined_postgres(data)
    url = first.__enter__()
    assert second.__enter__() == url
    first.__exit__(None, None, None)
    assert _ask(url, "SELECT 1") == "1"
    second.__exit__(None, None, None)
    assert postmaster_of(data) is None


# PostgreSQL, folders of earlier versions


def test_a_folder_that_was_open_to_all_gets_a_password_and_keeps_its_data(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        _ask(url, "CREATE TABLE kept AS SELECT 1 AS one")
        _ask(url, "ALTER ROLE postgres PASSWORD NULL")
    _open_to_all(data)
    with running_postgres(data, _FAST) as again:
        assert _ask(again, "SELECT one FROM kept") == "1"
        with pytest.raises(OperationalError, match="password"):
            _ask(_without_password(again), "SELECT 1")


def test_a_lost_password_is_replaced_at_the_next_start(data: Path) -> None:
    with running_postgres(data, _FAST) as url:
        pass
    data.with_name("postgres.password").unlink()
    with running_postgres(data, _FAST) as again:
        assert make_url(again).password != make_url(url).password
        assert _ask(again, "SELECT 1") == "1"


def test_a_folder_of_another_postgresql_is_refused_with_the_way_out(data: Path) -> None:
    with running_postgres(data, _FAST):
        pass
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerError, match=r"PostgreSQL 16, .* brings PostgreSQL 18.* dump"):
        postgres_command(data)


# PostgreSQL, its paths and its users


def test_a_path_too_long_for_a_socket_gets_a_closed_folder_elsewhere(var: Path) -> None:
    deep = var / _DEEP
    with running_postgres(deep / "postgres", _FAST) as url, running_valkey(deep) as broker:
        host = Path(str(make_url(url).query["host"]))
        assert len(os.fsencode(host / ".s.PGSQL.5432")) <= LONGEST
        assert _mode(host) == 0o700
        assert _ask(url, "SELECT 1") == "1"
        with redis.Redis.from_url(broker) as client:
            assert client.ping()
            broker_folder = Path(client.connection_pool.connection_kwargs["path"]).parent
    _remove_elsewhere(host, broker_folder)


def test_a_folder_elsewhere_that_is_not_ours_is_not_used(var: Path) -> None:
    deep = var / _DEEP / "postgres"
    elsewhere = socket_folder(deep, ".s.PGSQL.5432")
    elsewhere.chmod(0o755)
    try:
        with pytest.raises(EmbeddedServerError, match="Set ALOCHONA_VAR to a folder with a shorter path"):
            socket_folder(deep, ".s.PGSQL.5432")
    finally:
        elsewhere.rmdir()


def test_a_path_with_a_comma_gets_one_too_since_clients_would_split_it(var: Path) -> None:
    with running_postgres(var / "a,b" / "postgres", _FAST) as url:
        assert _ask(url, "SELECT 1") == "1"
    _remove_elsewhere(Path(str(make_url(url).query["host"])))


def _remove_elsewhere(*folders: Path) -> None:
    for folder in folders:
        assert folder.parent == Path("/tmp")  # noqa: S108 - where the short paths lie
        assert folder.name.startswith("alochona-")
        shutil.rmtree(folder)


def test_blanks_signs_and_bangla_letters_in_the_path_do_no_harm(var: Path) -> None:
    folder = var / "a b 100% 'আলো'"
    with running_postgres(folder / "postgres", _FAST) as url, running_valkey(folder) as broker:
        assert _ask(url, "SELECT 1") == "1"
        with redis.Redis.from_url(broker) as client:
            assert client.ping()
        app = celery_app(broker, socket_timeout=2)
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1)
        app.close()


@pytest.mark.skipif(not ROOT, reason="only root may run it as somebody else")
def test_under_root_the_database_is_another_users_and_nothing_above_is_opened(var: Path) -> None:
    own = var / "own"
    own.mkdir(0o700)
    with running_postgres(own / "postgres", _FAST):
        assert psutil.Process(postmaster_of(own / "postgres")).username() == NAME
        assert _mode(own) == 0o710
        assert own.stat().st_uid == 0
    assert _mode(var) == 0o711


@pytest.mark.skipif(not ROOT, reason="only root may run it as somebody else")
def test_below_a_folder_that_is_closed_to_its_user_the_database_runs_all_the_same(var: Path) -> None:
    closed = var / "closed"
    closed.mkdir(0o700)
    folder = closed / "inner" / "postgres"
    with running_postgres(folder, _FAST) as url:
        assert _ask(url, "SELECT current_user") == "postgres"
        assert psutil.Process(postmaster_of(folder)).username() == NAME
    assert _mode(closed) == 0o700


@pytest.mark.skipif(not ROOT, reason="only root may run it as somebody else")
def test_where_nothing_lets_it_past_a_closed_folder_the_way_out_is_told(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = var / "closed"
    closed.mkdir(0o700)
    only_test = var / "bin"
    only_test.mkdir()
    (only_test / "test").symlink_to("/usr/bin/test")
    monkeypatch.setenv("PATH", str(only_test))
    with pytest.raises(EmbeddedServerError, match="ALOCHONA_VAR=/srv/alochona"):
        running_postgres(closed / "inner" / "postgres", _FAST).__enter__()


@pytest.mark.skipif(not ROOT, reason="only root may give a folder away")
def test_data_stays_with_the_user_who_made_it(var: Path) -> None:
    data = var / "postgres"
    data.mkdir()
    os.chown(data, 65534, 65534)
    with running_postgres(data, _FAST):
        assert psutil.Process(postmaster_of(data)).uids().real == 65534


# The broker


def test_the_broker_listens_on_a_socket_asks_for_a_password_and_never_evicts(var: Path) -> None:
    with running_valkey(var) as url, redis.Redis.from_url(url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("port") == {"port": "0"}
        path = client.connection_pool.connection_kwargs["path"]
        assert _mode(Path(path)) == 0o700
        assert _mode(Path(path).parent) == 0o700
        with redis.Redis(unix_socket_path=path) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_the_broker_keeps_what_it_was_given_until_the_next_start(var: Path) -> None:
    with running_valkey(var) as url, redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
    with running_valkey(var) as again, redis.Redis.from_url(again) as client:
        assert again == url
        assert client.get("kept") == b"yes"


def test_a_broker_that_a_killed_run_left_is_ended_before_the_next_one_starts(var: Path) -> None:
    command, url = valkey_command(var)
    left = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "ALOCHONA_RUN": "mark of a run"})
    with redis.Redis.from_url(url, retry=Retry(ConstantBackoff(0.05), 100)) as client:
        client.set("kept", "yes")
    assert psutil.Process(left.pid).environ()["ALOCHONA_RUN"] == "mark of a run"
    with running_valkey(var) as again, redis.Redis.from_url(again) as client:
        assert left.poll() is not None
        assert client.get("kept") == b"yes"


def test_the_brokers_password_stands_in_files_of_the_owner_and_not_in_the_command(var: Path) -> None:
    assert valkey_url(var) is None
    command, url = valkey_command(var)
    password = make_url(url).password
    assert password
    assert valkey_url(var) == url
    assert not any(password in word for word in command)
    for path in (Path(command[-1]), var / "valkey.password"):
        assert _mode(path) == 0o600
