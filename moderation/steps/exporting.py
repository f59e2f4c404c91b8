"""Comments leave the house as a file: what a search finds, page by page, once it is on record who took them."""

from collections.abc import Iterator, Sequence
from typing import Final

from moderation.store import audit_log, search
from moderation.store.search import Found, Wanted
from moderation.store.unit_of_work import Work

LARGEST: Final = 10_000
"""Comments in one file: what a spreadsheet opens at once, and a bound for a mistake."""
_PAGE: Final = 500


def export(work: Work, wanted: Wanted, *, by: str, most: int = LARGEST) -> Iterator[Sequence[Found]]:
    """What is found, the newest first, in pages; one comment beyond ``most`` is the sign that there were more.

    The record is kept before the first page is given. What arrives meanwhile is in no page.
    """
    with work() as unit:
        details = {"sites": list(wanted.site_ids), "most": most}
        audit_log.record(unit.connection, actor=by, act="comments.exported", subject="search", details=details)
    return _pages(work, wanted, most)


def _pages(work: Work, wanted: Wanted, most: int) -> Iterator[Sequence[Found]]:
    left, before = most + 1, None
    while left:
        limit = min(_PAGE, left)
        with work() as unit:
            page = search.find(unit.connection, wanted, before=before, limit=limit)
        if page:
            yield page
        if len(page) < limit:
            return
        left, before = left - limit, page[-1].id
