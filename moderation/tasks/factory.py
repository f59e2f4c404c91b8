"""Builds the Celery application that a worker runs: the broker's client, with a consumer for every job."""

import gc
from collections.abc import Callable, Mapping

from celery import Celery
from celery.signals import setup_logging, worker_process_init
from kombu.entity import Queue

from moderation.domain.jobs import Job, JobQueue
from moderation.runtime import Runtime
from moderation.steps import calling_back, scoring, sending_notices
from moderation.steps.sweeping import EVERY
from moderation.tasks import deliver_callbacks, measure_drift, score_comments, send_notices, sweep_stalled
from moderation.tasks.base import logged


def _bodies(runtime: Runtime) -> Mapping[Job, Callable[[], int]]:
    return {
        Job.SCORE_COMMENTS: score_comments.fresh(runtime),
        Job.SCORE_SINGLY: score_comments.singly(runtime),
        Job.DELIVER_CALLBACKS: deliver_callbacks.due(runtime),
        Job.SEND_NOTICES: send_notices.due(runtime),
        Job.SWEEP_STALLED: sweep_stalled.once(runtime),
        Job.MEASURE_DRIFT: measure_drift.if_due(runtime),
    }


def _limits(job: Job) -> Mapping[str, int]:
    """A job that takes leases ends well before the others must: they are short, so that a dead worker delays little."""
    if job in {Job.SCORE_COMMENTS, Job.SCORE_SINGLY}:
        return {"soft_time_limit": scoring.SOFT_LIMIT, "time_limit": scoring.HARD_LIMIT}
    if job is Job.DELIVER_CALLBACKS:
        return {"soft_time_limit": calling_back.SOFT_LIMIT, "time_limit": calling_back.HARD_LIMIT}
    if job is Job.SEND_NOTICES:
        return {"soft_time_limit": sending_notices.SOFT_LIMIT, "time_limit": sending_notices.HARD_LIMIT}
    return {}


def create_worker(runtime: Runtime) -> Celery:
    """The application for ``celery -A worker``. Connections made before a fork are left to the parent."""
    app = runtime.celery
    app.conf.task_queues = [Queue(queue.value) for queue in JobQueue]
    app.conf.task_default_queue = JobQueue.MAINTENANCE.value
    app.conf.task_routes = {job.value: {"queue": job.queue.value} for job in Job}
    for job, body in _bodies(runtime).items():
        app.task(name=job.value, shared=False, **_limits(job))(logged(job.value, body))
    app.conf.beat_schedule = {
        "sweep": {
            "task": Job.SWEEP_STALLED.value,
            "schedule": EVERY,
            "options": {"queue": Job.SWEEP_STALLED.queue.value, "expires": 10},
        }
    }
    # Celery would put handlers of its own in place of ours; a connected receiver keeps it from that.
    setup_logging.connect(lambda **_: None, weak=False)
    worker_process_init.connect(lambda **_: _begin(runtime), weak=False)
    return app


def _begin(runtime: Runtime) -> None:
    """In each child, after the fork. What was imported is no garbage: looking through it showed in the benchmark."""
    runtime.after_fork()
    gc.freeze()
