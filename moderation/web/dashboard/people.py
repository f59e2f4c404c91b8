"""The people of the desks: who is there and may do what, invitations, roles, closed accounts."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain import authority
from moderation.domain.authority import Held
from moderation.domain.errors import (
    ConflictError,
    InvalidValueError,
    ModerationError,
    NotFoundError,
    NotPermittedError,
)
from moderation.domain.permission import Permission
from moderation.domain.vocabulary import Role
from moderation.steps import managing_people
from moderation.store import enrolments
from moderation.store import people as stored
from moderation.store.people import Person
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, site_ids, visitor
from moderation.web.errors import problem_of

EVERYWHERE: Final = "everywhere"
"""What the forms send in place of a site's number for every site, present and to come."""
NONE: Final = "none"
"""What the form sends in place of a role to take it away."""
_ROLES: Final = tuple(reversed(Role))
"""The one that may least stands first, so that nobody is given more by not choosing."""


@dashboard.get("/people")
def people() -> ResponseReturnValue:
    """All people of the sites that the visitor administers; ``done`` names what was just done."""
    return _show_all()


def _show_all(error: ModerationError | None = None, **values: object) -> ResponseReturnValue:
    _must_manage()
    with runtime().reading() as connection:
        own = stored.held_by(connection, _self())
        sites = {one.id: one.name for one in enrolments.sites(connection)}
        everybody = [one for one in stored.everybody(connection) if authority.may_see(own, one.held, list(sites))]
    problem = problem_of(error) if error else None
    page = render_template(
        "people.html",
        people=everybody,
        sites=sites,
        places=_places(own, sites),
        roles=_ROLES,
        own_id=_self(),
        problem=problem,
        form=request.form,
        **values,
    )
    return page, problem.status if problem else 200


@dashboard.post("/people/invite")
def invite() -> ResponseReturnValue:
    """The answer itself shows the link: it is kept nowhere, so that no later page could."""
    _must_manage()
    now = runtime()
    try:
        invited = managing_people.invite(
            now.work,
            now.vault,
            actor_id=_self(),
            email=request.form.get("email", ""),
            name=request.form.get("name", ""),
            role=_role(request.form.get("role")),
            site_id=_site(request.form.get("site")),
            now=now.now(),
        )
    except (InvalidValueError, ConflictError) as error:
        return _show_all(error)
    if invited.token is None:
        return redirect(url_for("dashboard.person", moderator_id=invited.moderator_id, done="known"), 303)
    return _show_link(invited.moderator_id, invited.token)


@dashboard.get("/people/<int:moderator_id>")
def person(moderator_id: int) -> ResponseReturnValue:
    return _show(moderator_id)


def _show(moderator_id: int, error: ModerationError | None = None) -> ResponseReturnValue:
    _must_manage()
    with runtime().reading() as connection:
        own = stored.held_by(connection, _self())
        sites = {one.id: one.name for one in enrolments.sites(connection)}
        found = stored.person(connection, moderator_id)
    if found is None or not authority.may_see(own, found.held, list(sites)):
        raise NotFoundError("There is no such person here. They may belong to another desk.")
    problem = problem_of(error) if error else None
    another = found.id != _self()
    page = render_template(
        "person.html",
        person=found,
        sites=sites,
        places=_changeable(own, found, sites) if another else [],
        role_at={one.site_id: one.role for one in found.held},
        roles=_ROLES,
        governed=another and authority.governs(own, found.held),
        another=another,
        done=request.args.get("done"),
        problem=problem,
    )
    return page, problem.status if problem else 200


@dashboard.post("/people/<int:moderator_id>/role")
def change_role(moderator_id: int) -> ResponseReturnValue:
    _must_manage()
    written = request.form.get("role")
    role = None if written == NONE else _role(written)
    site_id = _site(request.form.get("site"))
    managing_people.change_role(runtime().work, actor_id=_self(), moderator_id=moderator_id, site_id=site_id, role=role)
    with runtime().reading() as connection:
        own, found = stored.held_by(connection, _self()), stored.person(connection, moderator_id)
        sites = [one.id for one in enrolments.sites(connection)]
    if found is None or not authority.may_see(own, found.held, sites):  # their last role here was taken
        return redirect(url_for("dashboard.people"), 303)
    return _back(moderator_id, "role")


@dashboard.post("/people/<int:moderator_id>/link")
def renew_link(moderator_id: int) -> ResponseReturnValue:
    _must_manage()
    now = runtime()
    try:
        token = managing_people.renew_link(
            now.work, now.vault, actor_id=_self(), moderator_id=moderator_id, now=now.now()
        )
    except ConflictError as error:
        return _show(moderator_id, error)
    return _show_link(moderator_id, token)


@dashboard.post("/people/<int:moderator_id>/disable")
def disable(moderator_id: int) -> ResponseReturnValue:
    _must_manage()
    typed = request.form.get("typed_name", "")
    now = runtime()
    try:
        managing_people.disable(now.work, actor_id=_self(), moderator_id=moderator_id, typed_name=typed, now=now.now())
    except InvalidValueError as error:
        return _show(moderator_id, error)
    return _back(moderator_id, "disabled")


@dashboard.post("/people/<int:moderator_id>/enable")
def enable(moderator_id: int) -> ResponseReturnValue:
    _must_manage()
    managing_people.enable(runtime().work, actor_id=_self(), moderator_id=moderator_id)
    return _back(moderator_id, "enabled")


@dashboard.post("/people/<int:moderator_id>/reset-codes")
def reset_codes(moderator_id: int) -> ResponseReturnValue:
    _must_manage()
    typed = request.form.get("typed_name", "")
    try:
        managing_people.reset_codes(runtime().work, actor_id=_self(), moderator_id=moderator_id, typed_name=typed)
    except InvalidValueError as error:
        return _show(moderator_id, error)
    return _back(moderator_id, "codes")


def _back(moderator_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("dashboard.person", moderator_id=moderator_id, done=done), 303)


def _show_link(moderator_id: int, token: str) -> ResponseReturnValue:
    with runtime().reading() as connection:
        found = stored.person(connection, moderator_id)
    base = runtime().settings.base_url or request.host_url
    link = base.rstrip("/") + url_for("dashboard.welcome", token=token)
    return render_template("one_time_link.html", person=found, link=link, days=managing_people.LINK_LASTS.days)


def _must_manage() -> None:
    if not site_ids(Permission.MANAGE_PEOPLE):
        raise NotPermittedError("Your role does not manage people. Ask an administrator.")


def _self() -> int:
    return visitor().visitor.moderator_id


def _places(own: tuple[Held, ...], sites: dict[int, str]) -> list[tuple[str, str | None]]:
    """Where the visitor may give roles, as what the form sends and the site's name, ``None`` for every site."""
    single = [(str(site_id), name) for site_id, name in sites.items() if authority.administers(own, site_id)]
    return [*single, (EVERYWHERE, None)] if authority.administers(own, None) else [*single]


def _changeable(own: tuple[Held, ...], person: Person, sites: dict[int, str]) -> list[tuple[str, int | None]]:
    """Where the visitor may change this person's role, as what the form sends and the site's id."""
    written = [site for site, _ in _places(own, sites)]
    found = [(site, None if site == EVERYWHERE else int(site)) for site in written]
    return [(site, site_id) for site, site_id in found if authority.may_set_role(own, person.held, site_id)]


def _role(written: str | None) -> Role:
    try:
        return Role(written or "")
    except ValueError:
        raise InvalidValueError("Choose a role.") from None


def _site(written: str | None) -> int | None:
    """The chosen site, as if absent where the visitor does not know it."""
    if written == EVERYWHERE:
        return None
    known = {str(at.site_id): at.site_id for at in visitor().roles}
    if written not in known:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    return known[written]
