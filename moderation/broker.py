"""The Celery client: announces jobs by name and knows no job's code.

An announcement is a hint, so publishing never delays or fails a request: it is handed to a thread, which merges what
comes within 50 ms into one message a job (docs/decisions/0003-coalesced-nudges.md) and drops what the broker refuses.
"""

import threading
from collections.abc import Mapping
from typing import Any, Final

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from moderation.domain.jobs import Job

_PAUSE: Final = 0.050
"""Seconds in which announcements of the same job are merged; measured in docs/performance.md."""

_log = structlog.get_logger(__name__)


def celery_app(redis_url: str, *, socket_timeout: float) -> Celery:
    """The Celery application with the settings that docs/reliability.md gives reasons for.

    ``socket_timeout`` in seconds: short in a web process, longer than its blocking read in a worker.
    """
    app = Celery("alochona", broker=_for_celery(redis_url), set_as_current=False)
    app.conf.update(_configuration(socket_timeout))
    return app


def _for_celery(redis_url: str) -> str:
    """Celery has a form of its own for a Unix socket, which the Redis client writes as ``unix://:password@/path?db=0``."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def _configuration(socket_timeout: float) -> Mapping[str, Any]:
    return {
        "broker_transport_options": {
            "visibility_timeout": 300,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": socket_timeout,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "global_keyprefix": "alochona:",
        },
        "visibility_timeout": 300,
        "result_backend_transport_options": {"visibility_timeout": 300},
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": 45,
        "task_time_limit": 60,
        "task_create_missing_queues": True,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_soft_shutdown_timeout": 5,
        "worker_enable_soft_shutdown_on_idle": True,
        "worker_max_tasks_per_child": 2000,
        "worker_max_memory_per_child": 600_000,
        "worker_send_task_events": False,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_pool_acquire_timeout": 1,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2},
        "timezone": "UTC",
    }


class Broker:
    """Announces jobs from this process. Safe to build before a fork: its thread starts with the first announcement."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._condition = threading.Condition()
        self._waiting: dict[Job, None] = {}
        self._thread: threading.Thread | None = None

    def publish(self, job: Job) -> None:
        """Announces the job soon, at most once in 50 ms however often it is called; never blocks and never raises."""
        with self._condition:
            self._waiting[job] = None
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._announce_for_ever, name="announcements", daemon=True)
                self._thread.start()
            self._condition.notify()

    def answers(self) -> bool:
        """Whether the broker can be reached now."""
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        except (OperationalError, RedisError, OSError):
            return False
        return True

    def _announce_for_ever(self) -> None:
        pause = threading.Event()
        while True:
            with self._condition:
                self._condition.wait_for(lambda: bool(self._waiting))
                jobs = list(self._waiting)
                self._waiting.clear()
            for job in jobs:
                self._announce(job)
            pause.wait(_PAUSE)

    def _announce(self, job: Job) -> None:
        try:
            self._app.send_task(job.value, queue=job.queue.value, ignore_result=True)
        except (OperationalError, RedisError, OSError) as error:
            _log.warning("announcement_failed", job=job.value, error=str(error))
