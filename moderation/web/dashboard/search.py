"""The search: comments by their words in either script, and by site, state, script, author, story and day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from classifiers import normalise
from moderation.domain.errors import InvalidValueError, NotPermittedError
from moderation.domain.permission import Permission
from moderation.domain.vocabulary import Script, State
from moderation.steps import exporting
from moderation.store import search as finding
from moderation.store.search import Found, Wanted
from moderation.web.current import runtime
from moderation.web.dashboard import spreadsheet
from moderation.web.dashboard.asked import Asked, code, day, identity
from moderation.web.dashboard.blueprint import dashboard, site_ids, visitor

PAGE: Final = 25
LONGEST_QUERY: Final = 300
STATES: Final = (State.HELD, State.PUBLISHED, State.REJECTED, State.WAITING, State.DELETED)
COLUMNS: Final = (
    ("site", lambda one: one.site),
    ("comment_id", lambda one: one.ext_id),
    ("received_at", lambda one: one.received_at.isoformat(timespec="seconds")),
    ("state", lambda one: one.state),
    ("verdict", lambda one: one.verdict),
    ("labels", lambda one: " ".join(one.labels or ())),
    ("decided_by", lambda one: one.moderator or one.actor),
    ("decided_at", lambda one: one.decided_at and one.decided_at.isoformat(timespec="seconds")),
    ("script", lambda one: one.script),
    ("author", lambda one: one.author),
    ("story", lambda one: one.story),
    ("text", lambda one: one.text),
)
FIELDS: Final = ("q", "site", "state", "script", "author", "author_id", "story", "from", "to")


@dashboard.get("/search")
def search() -> ResponseReturnValue:
    """The newest comments that fit; without any condition, simply the newest."""
    asked = Asked(request.args, FIELDS)
    before = identity(request.args.get("before", ""))
    with runtime().reading() as connection:
        sites = _sites(asked["site"], Permission.READ_REVIEW_QUEUE)
        wanted = _wanted(asked, sites, finding.time_zone_of(connection, sites))
        sought = not asked["q"] or bool(wanted.words)
        rows = finding.find(connection, wanted, before=before, limit=PAGE + 1) if sought else []
    return render_template(
        "search.html",
        asked={name: asked[name] for name in FIELDS},
        link=asked.link(),
        found=rows[:PAGE],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        sought=sought,
        states=STATES,
        scripts=list(Script),
        sites=[at for at in visitor().roles if at.site_id in site_ids(Permission.READ_REVIEW_QUEUE)],
        may_export=bool(_sites(asked["site"], Permission.EXPORT)),
        most=exporting.LARGEST,
    )


@dashboard.post("/search/export")
def export() -> ResponseReturnValue:
    """The same comments as a file, of those sites where the visitor may take comments out."""
    asked = Asked(request.form, FIELDS)
    sites = _sites(asked["site"], Permission.EXPORT)
    if not sites:
        raise NotPermittedError("Your role may read comments but not take them out as a file. Ask an administrator.")
    now = runtime()
    with now.reading() as connection:
        wanted = _wanted(asked, sites, finding.time_zone_of(connection, sites))
    if asked["q"] and not wanted.words:
        raise InvalidValueError("Type at least one word of two letters or more.")
    pages = exporting.export(now.work, wanted, by=f"moderator {visitor().visitor.moderator_id}")
    response = Response(spreadsheet.written(_rows(pages)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="comments-{now.now():%Y-%m-%d-%H%M}.csv"'
    return response


def _rows(pages: Iterable[Sequence[Found]]) -> Iterator[Sequence[object]]:
    """The names of the columns, a row for each comment, and, where there were more, a last row that says so."""
    yield [name for name, _ in COLUMNS]
    count = 0
    for page in pages:
        for one in page:
            count += 1
            if count > exporting.LARGEST:
                yield [f"There are more. This file ends after the newest {exporting.LARGEST}: narrow the search."]
                return
            yield [cell(one) for _, cell in COLUMNS]


def _sites(slug: str, permission: Permission) -> list[int]:
    allowed = site_ids(permission)
    return [at.site_id for at in visitor().roles if at.site_id in allowed and slug in {"", at.slug}]


def _wanted(asked: Asked, sites: Sequence[int], zone: ZoneInfo) -> Wanted:
    if len(asked["q"]) > LONGEST_QUERY or len(asked["author"]) > LONGEST_QUERY:
        raise InvalidValueError("A search has at most {n} characters. Shorten it.", n=LONGEST_QUERY)
    last = day(asked["to"], zone)
    return Wanted(
        site_ids=sites,
        words=finding.words_of(normalise(asked["q"])),
        state=code(State, asked["state"]),
        script=code(Script, asked["script"]),
        author=asked["author"],
        author_id=identity(asked["author_id"]),
        story_id=identity(asked["story"]),
        since=day(asked["from"], zone),
        until=last + timedelta(days=1) if last else None,
    )
