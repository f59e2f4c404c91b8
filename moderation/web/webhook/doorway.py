"""What the webhook keeps in each web process: sites it has seen, how much each sends, and how many requests wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from flask import Flask, current_app

from moderation.runtime import Runtime
from moderation.steps.group_commit import GroupCommit
from moderation.store import sites
from moderation.web.errors import Problem, RefusalError
from moderation.web.webhook.authentication import SiteDirectory
from moderation.web.webhook.rates import RateLimit

_EXTENSION: Final = "webhook"


class Doorway:
    """One of these to an application."""

    def __init__(
        self, directory: SiteDirectory, group_commit: GroupCommit, *, per_second: int, most_waiting: int
    ) -> None:
        self.directory = directory
        self.group_commit = group_commit
        self._limit = RateLimit(per_second)
        self._places = BoundedSemaphore(most_waiting)

    def count(self, site_id: int) -> None:
        """Counts one request of the site, and refuses what is above its rate.

        Only genuine requests are counted, so that nobody can use up a site's rate in its name.
        """
        if not self._limit.hit(site_id):
            detail = f"More than {self._limit.per_second} requests in a second. Send a batch, or wait a second."
            raise RefusalError(Problem(429, "too_many_requests", detail, headers={"Retry-After": "1"}))

    @contextmanager
    def place_to_wait(self) -> Iterator[bool]:
        """Whether this request may wait; the threads that are left keep answering the others."""
        free = self._places.acquire(blocking=False)
        try:
            yield free
        finally:
            if free:
                self._places.release()


def install(app: Flask, runtime: Runtime) -> None:
    def find(slug: str) -> sites.SigningSite | None:
        with runtime.reading() as connection:
            return sites.by_slug(connection, slug)

    app.extensions[_EXTENSION] = Doorway(
        SiteDirectory(find, runtime.vault),
        GroupCommit(runtime.work),
        per_second=runtime.settings.rate_limit,
        most_waiting=max(1, runtime.settings.web_threads // 2),
    )


def doorway() -> Doorway:
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Doorway)  # noqa: S101 - as installed
    return found
