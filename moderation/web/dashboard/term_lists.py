"""The term lists: what each site lists, a list with its history, changing it, and trying out what it would hit.

Trying out stores nothing: it takes the list as it stands in the form, so that a change can be tried before it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain import term_document, term_lines
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.keeper import Keeper
from moderation.domain.permission import Permission, permits
from moderation.domain.term_lists import Hit, TermList, TermMatcher
from moderation.domain.vocabulary import ListAction
from moderation.steps import listing_terms
from moderation.steps.listing_terms import PublishedHits, Tried
from moderation.store import term_lists as store
from moderation.store.moderators import RoleAt
from moderation.store.term_lists import Listed
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, language, visitor
from moderation.web.dashboard.term_words import ACTIONS
from moderation.web.errors import Problem, problem_of

VERSIONS_SHOWN: Final = 10
DAYS: Final = 30
"""How far back published comments are looked through."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The list as it stands in the form, and what is tried out with it."""

    written: str
    action: ListAction
    note: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What trying out showed, and what was wrong with the form."""

    tried: Tried | None = None
    published: PublishedHits | None = None
    problem: Problem | None = None


NOTHING: Final = Findings()


@dataclass(frozen=True, slots=True)
class Comparison:
    """An older version beside the newest one: what came in since, and what went out, by lines."""

    n: int
    lines: Sequence[str]
    added: Sequence[str] = field(default=())
    removed: Sequence[str] = field(default=())


@dashboard.get("/terms")
def term_lists() -> ResponseReturnValue:
    return _show_lists()


def _show_lists(problem: Problem | None = None) -> ResponseReturnValue:
    sites = [at for at in visitor().roles if permits(at.role, Permission.READ_REVIEW_QUEUE)]
    with runtime().reading() as connection:
        found = store.lists(connection, [at.site_id for at in sites])
    page = render_template(
        "term_lists.html",
        sites=[(at, [one for one in found if one.site_id == at.site_id]) for at in sites],
        editable={at.site_id for at in sites if permits(at.role, Permission.EDIT_TERM_LISTS)},
        actions=ACTIONS,
        longest=listing_terms.LONGEST_NAME,
        name=request.form.get("name", ""),
        problem=problem,
    )
    return page, problem.status if problem else 200


@dashboard.post("/terms/<slug>")
def create_term_list(slug: str) -> ResponseReturnValue:
    """A new, empty list, which the visitor then fills."""
    site = _site(slug, Permission.EDIT_TERM_LISTS)
    try:
        list_id = listing_terms.create(
            runtime().work,
            site_id=site.site_id,
            name=request.form.get("name", ""),
            action=_action(),
            note="",
            by=_keeper(),
        )
    except (ConflictError, InvalidValueError) as error:
        return _show_lists(problem_of(error))
    return redirect(url_for("dashboard.term_list", slug=slug, list_id=list_id), 303)


@dashboard.get("/terms/<slug>/<int:list_id>")
def term_list(slug: str, list_id: int) -> ResponseReturnValue:
    site, listed = _found(slug, list_id, Permission.READ_REVIEW_QUEUE)
    return _show_list(site, listed, Draft("\n".join(_lines(listed, listed.version.n)), listed.version.action))


@dashboard.post("/terms/<slug>/<int:list_id>")
def save_term_list(slug: str, list_id: int) -> ResponseReturnValue:
    """Saves the form as a new version; where it cannot be, the page shows why, with all that was written."""
    site, listed = _found(slug, list_id, Permission.EDIT_TERM_LISTS)
    draft = _draft()
    try:
        n = listing_terms.save(
            runtime().work,
            listed=listed,
            action=draft.action,
            terms=listing_terms.terms_in(draft.written),
            note=draft.note,
            expected=_number("version"),
            by=_keeper(),
        )
    except (ConflictError, InvalidValueError) as error:
        return _show_list(site, listed, draft, Findings(problem=problem_of(error)))
    return redirect(url_for("dashboard.term_list", slug=slug, list_id=list_id, saved=n), 303)


@dashboard.post("/terms/<slug>/<int:list_id>/try")
def try_term_list(slug: str, list_id: int) -> ResponseReturnValue:
    """What the list in the form hits: in a sentence, or among what was published of late. Nothing is stored."""
    site, listed = _found(slug, list_id, Permission.READ_REVIEW_QUEUE)
    draft = _draft()
    try:
        findings = _tried_out(site, listed, draft)
    except InvalidValueError as error:
        findings = Findings(problem=problem_of(error))
    return _show_list(site, listed, draft, findings)


def _tried_out(site: RoleAt, listed: Listed, draft: Draft) -> Findings:
    terms = listing_terms.terms_in(draft.written)
    matcher = TermMatcher([TermList(listed.name, draft.action, tuple(terms))])
    if "below" not in request.form:
        return Findings(tried=listing_terms.try_out(matcher, draft.sentence))
    since = runtime().now() - timedelta(days=DAYS)
    below = _number("below") or None
    found = listing_terms.published_hits(runtime().work, matcher, site_id=site.site_id, since=since, below=below)
    return Findings(published=found)


@dashboard.post("/terms/<slug>/<int:list_id>/restore")
def restore_term_list(slug: str, list_id: int) -> ResponseReturnValue:
    """Makes an old version the newest one."""
    _, listed = _found(slug, list_id, Permission.EDIT_TERM_LISTS)
    n = listing_terms.restore(
        runtime().work,
        listed=listed,
        n=_number("n"),
        note=request.form.get("note", ""),
        expected=_number("version"),
        by=_keeper(),
    )
    return redirect(url_for("dashboard.term_list", slug=slug, list_id=list_id, saved=n), 303)


def _show_list(site: RoleAt, listed: Listed, draft: Draft, findings: Findings = NOTHING) -> ResponseReturnValue:
    with runtime().reading() as connection:
        versions = store.history(connection, listed.id, before=_asked("before"), limit=VERSIONS_SHOWN + 1)
    page = render_template(
        "term_list.html",
        site=site,
        listed=listed,
        draft=draft,
        actions=ACTIONS,
        may_edit=permits(site.role, Permission.EDIT_TERM_LISTS),
        expected=request.form.get("version", listed.version.n),
        versions=versions[:VERSIONS_SHOWN],
        before=versions[VERSIONS_SHOWN - 1].n if len(versions) > VERSIONS_SHOWN else None,
        compared=_compared(listed),
        saved=_asked("saved"),
        pieces=pieces,
        days=DAYS,
        longest_note=listing_terms.LONGEST_NOTE,
        findings=findings,
    )
    return page, findings.problem.status if findings.problem else 200


def _lines(listed: Listed, n: int) -> list[str]:
    with runtime().reading() as connection:
        document = store.document(connection, listed.id, n)
    return [term_lines.line_of(term, language()) for term in term_document.list_of(listed.name, document).terms]


def _compared(listed: Listed) -> Comparison | None:
    n = _asked("version")
    if n is None:
        return None
    old, new = _lines(listed, n), _lines(listed, listed.version.n)
    added = [line for line in new if line not in set(old)]
    return Comparison(n, old, added, [line for line in old if line not in set(new)])


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, and what is hit there, if anything is."""

    text: str
    hits: tuple[Hit, ...] = ()


def pieces(text: str, hits: Sequence[Hit]) -> list[Stretch]:
    """The text in stretches, in order; hits that overlap share one."""
    found: list[Stretch] = []
    done = 0
    ordered = sorted(hits, key=lambda hit: hit.start)
    while ordered:
        start, end = ordered[0].start, ordered[0].end
        here: list[Hit] = []
        while ordered and (ordered[0].start < end or not here):
            here.append(ordered.pop(0))
            end = max(end, here[-1].end)
        found += [Stretch(text[done:start]), Stretch(text[start:end], tuple(here))]
        done = end
    return [one for one in (*found, Stretch(text[done:])) if one.text]


def _site(slug: str, permission: Permission) -> RoleAt:
    site = next((at for at in visitor().roles if at.slug == slug), None)
    if site is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    if not permits(site.role, permission):
        raise NotPermittedError("Your role may read the term lists but not change them. Ask an editor.")
    return site


def _found(slug: str, list_id: int, permission: Permission) -> tuple[RoleAt, Listed]:
    site = _site(slug, permission)
    with runtime().reading() as connection:
        return site, store.find(connection, site.site_id, list_id)


def _keeper() -> Keeper:
    return Keeper(f"moderator {visitor().visitor.moderator_id}", visitor().visitor.name)


def _draft() -> Draft:
    return Draft(
        written=request.form.get("terms", ""),
        action=_action(),
        note=request.form.get("note", ""),
        sentence=request.form.get("sentence", ""),
    )


def _action() -> ListAction:
    try:
        return ListAction(request.form.get("action", ""))
    except ValueError:
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.") from None


def _number(name: str) -> int:
    """A number that the form carries."""
    written = request.form.get(name, "")
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.")
    return int(written)


def _asked(name: str) -> int | None:
    """A number that the address carries."""
    written = request.args.get(name)
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidValueError("This page's address is damaged. Go back to the term lists.")
    return int(written)
