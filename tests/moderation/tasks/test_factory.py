"""What a worker is told of its jobs."""

from datetime import timedelta

import pytest

from moderation.domain.jobs import Job
from moderation.runtime import Runtime
from moderation.steps import calling_back, scoring
from moderation.tasks.factory import create_worker

LEASES = {
    Job.SCORE_COMMENTS: scoring._LEASE,
    Job.SCORE_SINGLY: scoring._LEASE,
    Job.DELIVER_CALLBACKS: calling_back.LEASE,
}


@pytest.mark.parametrize("job", LEASES)
def test_no_lease_ends_under_a_job_that_still_works(runtime: Runtime, job: Job) -> None:
    worker = create_worker(runtime)
    limit = worker.tasks[job.value].time_limit or worker.conf.task_time_limit
    assert timedelta(seconds=limit) < LEASES[job]
