"""docker-compose.yml and the Dockerfile say what the code has: no Docker engine is needed to see them drift apart."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from moderation.commands.supervision import application_programs
from moderation.domain.jobs import JobQueue
from moderation.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "deliverer", "beat", "migrate")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
KEY = "k" * 32


def _words(service: str) -> list[str]:
    command = SERVICES[service]["command"]
    return command if isinstance(command, list) else shlex.split(command)


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
    given = dict(SERVICES["web"]["environment"])
    filled = {name: re.sub(r"\$\{[^}]*\}", "x" * 32, value) for name, value in given.items()}
    filled["ALOCHONA_BASE_URL"] = "https://moderation.example"
    settings = read_settings(filled)
    assert settings.database_url is not None
    assert settings.redis_url is not None


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "REDIS_PASSWORD", "ALOCHONA_SECRET_KEY"])
def test_a_secret_has_no_default_and_its_absence_ends_the_start(name: str) -> None:
    uses = re.findall(rf"(?<!\$)\$\{{{name}([^}}]*)\}}", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert uses
    assert all(use.startswith(":?") for use in uses)


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


def test_the_database_volume_is_where_postgres_18_wants_it() -> None:
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


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
