"""The background jobs and the job queues that they travel on: the one list of both.

Jobs carry nothing: what there is to do is in the database, and a message only says that there is something.
"""

from enum import StrEnum


class JobQueue(StrEnum):
    SCORING = "scoring"
    SUSPECTS = "suspects"
    CALLBACKS = "callbacks"
    NOTICES = "notices"
    MAINTENANCE = "maintenance"


class Job(StrEnum):
    """A job's name on the wire; each has one consumer in ``moderation.tasks``."""

    SCORE_COMMENTS = "score_comments"
    SCORE_SINGLY = "score_singly"
    DELIVER_CALLBACKS = "deliver_callbacks"
    SEND_NOTICES = "send_notices"
    SWEEP_STALLED = "sweep_stalled"
    MEASURE_DRIFT = "measure_drift"

    @property
    def queue(self) -> JobQueue:
        return _QUEUES[self]


# Suspects, comments whose batch failed, have a job queue of their own: one that hangs holds up only its like.
_QUEUES = {
    Job.SCORE_COMMENTS: JobQueue.SCORING,
    Job.SCORE_SINGLY: JobQueue.SUSPECTS,
    Job.DELIVER_CALLBACKS: JobQueue.CALLBACKS,
    Job.SEND_NOTICES: JobQueue.NOTICES,
    Job.SWEEP_STALLED: JobQueue.MAINTENANCE,
    Job.MEASURE_DRIFT: JobQueue.MAINTENANCE,
}
