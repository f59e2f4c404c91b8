"""The private servers: they need a password or a private socket, and keep what they were given."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import create_engine, make_url, text

from moderation.embedded import running_postgres, running_valkey, valkey_command

_FAST = {"fsync": "off"}


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """One that the user under whom PostgreSQL runs can reach, also when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="alochona-") as folder:
        yield Path(folder)


def test_the_database_listens_on_a_socket_and_on_no_port(short_folder: Path) -> None:
    with running_postgres(short_folder / "postgres", _FAST) as url:
        parsed = make_url(url)
        assert parsed.drivername == "postgresql+psycopg"
        assert parsed.port is None
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(text("SHOW listen_addresses")).scalar_one() == ""
        engine.dispose()


def test_settings_given_for_the_tests_reach_the_database(short_folder: Path) -> None:
    with running_postgres(short_folder / "postgres", {"fsync": "off", "synchronous_commit": "off"}) as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(text("SHOW fsync")).scalar_one() == "off"
            assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "off"
        engine.dispose()


def test_the_broker_refuses_who_has_no_password_and_never_evicts(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url:
        with redis.Redis.from_url(url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("bind") == {"bind": "127.0.0.1"}
            port = client.connection_pool.connection_kwargs["port"]
        with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_the_broker_keeps_what_it_was_given_until_the_next_start(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
    with running_valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.get("kept") == b"yes"


def test_the_brokers_password_stands_in_a_file_of_the_owner_and_not_in_the_command(tmp_path: Path) -> None:
    command, url = valkey_command(tmp_path)
    password = make_url(url).password
    assert password
    assert not any(password in word for word in command)
    assert Path(command[-1]).stat().st_mode & 0o077 == 0
