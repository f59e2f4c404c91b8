"""``serve``: the whole service on one machine, with servers of its own where none are given. ``make run`` calls it."""

import contextlib
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
import urllib3
from rich.console import Console
from sqlalchemy.exc import OperationalError

from moderation import embedded, logs, migrations
from moderation.commands import first_run, supervision, watching
from moderation.commands.first_run import Demo
from moderation.commands.supervision import Program
from moderation.demo.poster import PosterError, post_discussion
from moderation.demo.sample_request import sample_request
from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings, read_settings
from moderation.steps import promoting

_RECEIVER: Final = "demo-receiver"
_READY_SECONDS: Final = 60.0
_LOOK_EVERY: Final = 1.0
"""Seconds between two looks at the programs."""
_HEARD: Final = re.compile(r"\d\d:\d\d:\d\d ")
"""How the receiver's lines on callbacks begin; what it says of its own start stays in its log."""
_console = Console(highlight=False, soft_wrap=True)


class _StopRequestedError(Exception):
    """SIGINT, SIGTERM or SIGHUP came."""


@click.command()
def serve() -> None:
    """Start everything, print where to go, and run until Ctrl-C.

    Without DATABASE_URL and REDIS_URL it brings its own servers under var/, and on an empty database a demo site with a
    sample discussion. PORT chooses the port.
    """
    settings = read_settings()
    logs.configure("WARNING", json=False)
    settings.var.mkdir(parents=True, exist_ok=True)
    with _only_one(settings), contextlib.suppress(_StopRequestedError), _signals():
        # A run that was killed leaves them, and they hold its port. Here is time to let them end in good order.
        supervision.end_leftovers(str(settings.var), patience=_READY_SECONDS / 4)
        _check_port(settings)
        _serve(settings)
    with contextlib.suppress(OSError):  # the terminal may be gone
        click.echo("Stopped. What was stored is kept; the next run goes on with it.")


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    with (settings.var / "serve.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            where = file.read().strip() or "another process"
            raise click.ClickException(f"Alochona is already running here: {where}. Nothing was started.") from None
        file.truncate(0)
        file.write(f"{settings.base_url} (process {os.getpid()}, data in {settings.var})")
        file.flush()
        yield


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    def stop(*_: object) -> None:
        # A second Ctrl-C must not break into the stopping that the first began.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise _StopRequestedError

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                "Choose another with PORT, for example PORT=8080 make run."
            ) from error


def _serve(settings: Settings) -> None:
    servers, settings = _servers(settings)
    demo = first_run.read_demo(settings.var)
    demo_port = demo.receiver_port if demo else first_run.free_port(settings.port + 1)
    if servers:
        allow = ",".join(filter(None, (settings.callback_allow, f"127.0.0.1:{demo_port}")))
        settings = replace(settings, callback_allow=allow)
    programs = [*servers, *supervision.application_programs(settings)]
    if servers:
        programs.append(_receiver(settings, demo_port))
    configuration = supervision.write_configuration(settings.var, programs)
    environment = supervision.child_environment(settings, extra={"ALOCHONA_CALLBACK_ALLOW": settings.callback_allow})
    with supervision.supervised(configuration, environment) as process:
        runtime = build_runtime(settings)
        try:
            _prepare(runtime)
            if servers:
                demo = demo or first_run.enrol_demo(runtime, demo_port)
            if demo:
                first_run.write_demo(settings.var, demo)
            names = [program.name for program in programs if not program.server]
            supervision.start_programs(settings.var, [name for name in names if demo or name != _RECEIVER])
            _wait_until_ready(settings, process)
            _tell(runtime, demo, demo_port)
            if demo:
                watching.follow(settings.var / "log" / f"{_RECEIVER}.log", _show_heard)
                _post_once(settings, demo)
        finally:
            runtime.engine.dispose()
        _stay(process, settings.var)


def _servers(settings: Settings) -> tuple[list[Program], Settings]:
    """Programs for the servers that no URL was given for, and the settings with URLs for both."""
    programs: list[Program] = []
    database_url, redis_url = settings.database_url, settings.redis_url
    if database_url is None:
        command, user, database_url = embedded.postgres_command(settings.var / "postgres")
        programs.append(Program("postgres", command, 10, server=True, user=user, stop_signal="INT"))
    if redis_url is None:
        command, redis_url = embedded.valkey_command(settings.var)
        programs.append(Program("valkey", command, 20, server=True))
    return programs, settings.with_servers(database_url, redis_url)


def _receiver(settings: Settings, port: int) -> Program:
    files = ("--secret-file", str(first_run.secret_file(settings.var)), "--log", str(settings.var / "demo-heard.jsonl"))
    return Program(_RECEIVER, [sys.executable, "-m", "moderation.demo.receiver", "--port", str(port), *files], 25)


def _prepare(runtime: Runtime) -> None:
    """Waits for the database, migrates, and makes the starter bundle live where nobody chose another."""
    deadline = time.monotonic() + 30
    while True:
        try:
            migrations.upgrade(runtime.engine)
            break
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise click.ClickException(
                    f"The database does not answer: {error.orig}. See {runtime.settings.var / 'log'}."
                ) from error
            time.sleep(0.2)
    _, problem = promoting.try_starter(runtime.work, runtime.settings.starter_bundle)
    if problem:
        _console.print(f"Warning: the starter bundle cannot be used, so comments are held for people: {problem}")


def _wait_until_ready(settings: Settings, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    url = f"http://{settings.host}:{settings.port}/ready"
    # Under ALOCHONA_TRUSTED_HOSTS the service answers to those names alone; ".example.org" stands for what is below it.
    headers = {"Host": settings.trusted_hosts[0].lstrip(".")} if settings.trusted_hosts else {}
    with urllib3.PoolManager(timeout=2.0, retries=False) as http:
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if http.request("GET", url, headers=headers).status == 200:
                    return
            time.sleep(0.2)
    raise click.ClickException(f"The service did not become ready. See the files in {settings.var / 'log'}.")


def _tell(runtime: Runtime, demo: Demo | None, demo_port: int) -> None:
    settings = runtime.settings
    lines = [f"Dashboard      {settings.base_url}/"]
    link = first_run.first_link(runtime)
    if link:
        lines.append(f"First log-in   {link}\n               (works once, and sets the administrator's password)")
    if demo:
        lines.append(f"Demo receiver  http://127.0.0.1:{demo_port}/")
    lines.append(f"API            {settings.base_url}/docs")
    lines.append(f"Logs           {settings.var / 'log'}")
    _console.rule("Alochona is ready · আলোচনা প্রস্তুত", align="left")
    # Not in a box: a frame would wrap the link, and half a link opens nothing.
    click.echo("\n".join(lines))
    if demo:
        _console.print("Send a comment:")
        click.echo(sample_request(settings.base_url, first_run.DEMO_SITE, demo.webhook_secret))
    _console.print("Ctrl-C stops everything.")


def _post_once(settings: Settings, demo: Demo) -> None:
    """The sample discussion, through the real webhook, at the first start only."""
    if demo.posted:
        return
    try:
        post_discussion(f"http://{settings.host}:{settings.port}", first_run.DEMO_SITE, demo.webhook_secret)
    except PosterError as error:
        _console.print(f"Warning: the sample discussion could not be posted: {error}")
        return
    first_run.write_demo(settings.var, replace(demo, posted=True))
    _console.print("Posted a sample discussion through the webhook. The receiver hears:")


def _show_heard(line: str) -> None:
    if _HEARD.match(line):
        click.echo(line)


def _stay(process: subprocess.Popen[bytes], var: Path) -> None:
    """Until a signal comes; if supervisord itself ends, so does this."""
    watch = watching.Watch(var / "log")
    while process.poll() is None:
        with contextlib.suppress(OSError):
            for sentence in watch.news(supervision.statuses(var)):
                click.echo(sentence)
        time.sleep(_LOOK_EVERY)
    raise click.ClickException("The supervisor ended unexpectedly. Start again; what was stored is kept.")
