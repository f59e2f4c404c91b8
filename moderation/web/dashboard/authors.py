"""One author of a site: their comments with their states, what the desk decided, noted, and does about them."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.steps import reviewing, sanctioning
from moderation.steps.sanctioning import Acting
from moderation.store import authors, notes, surroundings
from moderation.store import search as finding
from moderation.store.authors import AuthorPlace
from moderation.store.search import Wanted
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, role_at, site_ids, visitor
from moderation.web.errors import Problem, problem_of

PAGE: Final = 25
_LARGEST_ID: Final = 2**63 - 1
_LONGEST_NUMBER: Final = 9


@dashboard.get("/authors/<int:author_id>")
def author_page(author_id: int) -> ResponseReturnValue:
    return _show(_author_for(author_id, Permission.READ_REVIEW_QUEUE))


def _author_for(author_id: int, permission: Permission) -> AuthorPlace:
    """The author, as if absent where they write at another desk's site."""
    with runtime().reading() as connection:
        sites = site_ids(Permission.READ_REVIEW_QUEUE)
        found = authors.find(connection, author_id, sites) if author_id <= _LARGEST_ID else None
    if found is None:
        raise NotFoundError("There is no such author here. They may write at another desk's site.")
    if not permits(role_at(found.site_id), permission):
        raise NotPermittedError("Your role may read about this author but not act. Ask an editor.")
    return found


def _show(author: AuthorPlace, problem: Problem | None = None) -> ResponseReturnValue:
    """The page; with a problem, the same page telling it, with what was typed, under the problem's status."""
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise InvalidValueError("This page's address is damaged. Go back to the search.")
    now, role = runtime().now(), role_at(author.site_id)
    with runtime().reading() as connection:
        wanted = Wanted([author.site_id], author_id=author.id)
        rows = finding.find(connection, wanted, before=int(before) if before else None, limit=PAGE + 1)
        sanctions = authors.sanctions_of(connection, author.id)
        decisions = surroundings.decisions_about(connection, author.id)
        written = notes.of_author(connection, author.id)
    page = render_template(
        "author_page.html",
        author=author,
        standing=author.standing(now),
        sanctions=sanctions,
        now=now,
        decisions=decisions,
        notes=written,
        found=rows[:PAGE],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        first=not before,
        days=sanctioning.DAYS,
        longest_reason=sanctioning.LONGEST_REASON,
        longest_notice=sanctioning.LONGEST_NOTICE,
        may_act=permits(role, Permission.SANCTION_AUTHORS),
        may_decide=permits(role, Permission.DECIDE),
        typed=request.form,
        problem=problem,
    )
    return page, problem.status if problem else 200


@dashboard.post("/authors/<int:author_id>")
def sanction_author(author_id: int) -> ResponseReturnValue:
    """One act on an author. What is missing, or what a colleague did meanwhile, is told on the page."""
    author = _author_for(author_id, Permission.SANCTION_AUTHORS)
    try:
        _act(author, request.form.get("act", ""))
    except (InvalidValueError, ConflictError) as error:
        return _show(_author_for(author_id, Permission.SANCTION_AUTHORS), problem_of(error))
    return redirect(url_for("dashboard.author_page", author_id=author.id), 303)


def _act(author: AuthorPlace, act: str) -> None:
    work, now = runtime().work, runtime().now()
    acting = Acting(visitor().visitor.moderator_id, role_at(author.site_id), _number("version"))
    reason, notice, name = _written("reason"), _written("notice"), _written("typed_name")
    match act:
        case "warn":
            sanctioning.warn(work, author.id, acting, reason=reason, notice=notice, now=now)
        case "suspend":
            days = _number("days")
            told = {"reason": reason, "notice": notice, "typed_name": name}
            sanctioning.suspend(work, author.id, acting, days=days, now=now, **told)
        case "ban":
            sanctioning.ban(work, author.id, acting, reason=reason, notice=notice, typed_name=name, now=now)
        case "lift":
            sanctioning.lift(work, author.id, acting, now=now)
        case _:
            raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.")


def _written(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "")


def _number(name: str) -> int:
    written = request.form.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= _LONGEST_NUMBER else -1


@dashboard.post("/authors/<int:author_id>/note")
def note_on_author(author_id: int) -> ResponseReturnValue:
    """Keeps a remark about the author."""
    author = _author_for(author_id, Permission.DECIDE)
    try:
        reviewing.note_author_by_id(
            runtime().work,
            moderator_id=visitor().visitor.moderator_id,
            site_id=author.site_id,
            author_id=author.id,
            text=_written("text"),
        )
    except InvalidValueError as error:
        return _show(author, problem_of(error))
    return redirect(url_for("dashboard.author_page", author_id=author.id, _anchor="notes"), 303)
