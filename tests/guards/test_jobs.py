"""Every job has a consumer: a registered task, and a worker that takes from its job queue, however it is started."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from moderation.commands.supervision import application_programs
from moderation.domain.jobs import Job, JobQueue
from moderation.runtime import Runtime
from moderation.settings import Settings
from moderation.tasks.factory import create_worker

ROOT = Path(__file__).resolve().parents[2]


def _consumed(commands: list[list[str]]) -> list[str]:
    workers = [words for words in commands if "worker" in words[1:] and "-Q" in words]
    return [queue for words in workers for queue in words[words.index("-Q") + 1].split(",")]


def _served() -> list[list[str]]:
    settings = Settings(database_url="unused", redis_url="unused", secret_keys=("k" * 32,))
    return [list(program.command) for program in application_programs(settings)]


def _composed() -> list[list[str]]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    commands = [service["command"] for service in services.values() if "command" in service]
    return [shlex.split(command) if isinstance(command, str) else command for command in commands]


def _documented() -> list[list[str]]:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    return [shlex.split(command) for command in re.findall(r"`(celery [^`]+)`", page)]


@pytest.mark.parametrize("commands", [_served(), _composed(), _documented()], ids=["serve", "compose", "deploy.md"])
def test_every_job_queue_is_consumed_by_one_kind_of_worker(commands: list[list[str]]) -> None:
    assert sorted(_consumed(commands)) == sorted(JobQueue)


@pytest.mark.parametrize("commands", [_served(), _composed(), _documented()], ids=["serve", "compose", "deploy.md"])
def test_beat_is_started_once(commands: list[list[str]]) -> None:
    assert len([words for words in commands if "beat" in words]) == 1


def test_every_job_is_a_task_of_the_worker_and_every_task_is_a_job(runtime: Runtime) -> None:
    worker = create_worker(runtime)
    ours = {name for name in worker.tasks if not name.startswith("celery.")}
    assert ours == {job.value for job in Job}


def test_a_job_is_sent_where_it_is_consumed(runtime: Runtime) -> None:
    worker = create_worker(runtime)
    assert worker.conf.task_routes == {job.value: {"queue": job.queue.value} for job in Job}
    assert {queue.name for queue in worker.conf.task_queues} == {job.queue.value for job in Job} == set(JobQueue)


def test_beat_announces_jobs_only_and_on_their_own_job_queues(runtime: Runtime) -> None:
    entries = create_worker(runtime).conf.beat_schedule.values()
    assert entries
    assert {entry["options"]["queue"] == Job(entry["task"]).queue for entry in entries} == {True}
