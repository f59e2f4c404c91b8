"""What ``serve`` decides before and beside the processes: one at a time, a free port, its own servers or given ones."""

import os
import signal
import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from moderation.commands import serve
from moderation.commands.first_run import Demo
from moderation.settings import Settings
from moderation.signing import new_secret

DATABASE = "postgresql+psycopg://someone@db.example/alochona"
BROKER = "redis://broker.example/0"


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """Settings without servers of any kind."""
    return Settings(database_url=None, redis_url=None, secret_keys=("k" * 32,), var=tmp_path, port=8765)


def test_a_second_one_beside_it_is_told_where_the_first_is(alone: Settings) -> None:
    with (
        serve._only_one(alone),
        pytest.raises(click.ClickException, match=rf"already running here: .*process {os.getpid()}") as refused,
        serve._only_one(alone),
    ):
        pass
    assert alone.base_url in refused.value.message
    assert refused.value.exit_code == 1


def test_the_next_one_may_start_when_the_first_has_ended(alone: Settings) -> None:
    for _ in range(2):
        with serve._only_one(alone):
            assert alone.base_url in (alone.var / "serve.lock").read_text()


def test_two_folders_do_not_hinder_each_other(alone: Settings, tmp_path: Path) -> None:
    other = replace(alone, var=tmp_path / "other")
    other.var.mkdir()
    with serve._only_one(alone), serve._only_one(other):
        assert alone.var != other.var


def test_a_taken_port_is_refused_with_the_way_out(alone: Settings) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(click.ClickException, match="PORT=8080 make run") as refused,
    ):
        serve._check_port(replace(alone, port=taken.getsockname()[1]))
    assert "cannot be used" in refused.value.message


def test_a_port_that_was_used_a_moment_ago_is_free(alone: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as left:
        port = left.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), left.accept()[0]:
            pass
    serve._check_port(replace(alone, port=port))


def test_a_second_interrupt_does_not_break_into_the_stopping() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with serve._signals():
            with pytest.raises(serve._StopRequestedError):
                signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            stopped = "to the end"
        signal.raise_signal(signal.SIGHUP)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert stopped == "to the end"


def test_given_servers_are_used_and_none_of_our_own_is_started(alone: Settings) -> None:
    given = alone.with_servers(DATABASE, BROKER)
    programs, settings = serve._servers(given)
    assert programs == []
    assert settings == given


def test_a_missing_broker_alone_is_brought(alone: Settings) -> None:
    programs, settings = serve._servers(replace(alone, database_url=DATABASE))
    assert [program.name for program in programs] == ["valkey"]
    assert settings.redis_url is not None
    password = urlsplit(settings.redis_url).password
    assert password
    assert not any(password in word for word in programs[0].command)


def test_the_receiver_is_given_its_secret_in_a_file(alone: Settings) -> None:
    program = serve._receiver(alone, 8766)
    assert str(alone.var / "demo_callback_secret") in program.command
    assert not any(word.startswith("whsec_") for word in program.command)


def test_the_sample_discussion_is_posted_once_only(alone: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    posted = Demo(new_secret(), new_secret(), 8766, posted=True)
    serve._post_once(alone, posted)
    assert capsys.readouterr().out == ""


def test_a_service_that_refuses_the_sample_discussion_goes_on_with_a_warning(
    alone: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    serve._post_once(alone, Demo("no secret at all", new_secret(), 8766))
    assert "Warning: the sample discussion could not be posted" in capsys.readouterr().out
    assert not (alone.var / "demo.json").exists()


def test_only_what_the_receiver_heard_is_shown_of_its_log(capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("12:00:01  comment.held  c-1 v1  held", "Error: the demo receiver cannot start"):
        serve._show_heard(line)
    assert capsys.readouterr().out == "12:00:01  comment.held  c-1 v1  held\n"
