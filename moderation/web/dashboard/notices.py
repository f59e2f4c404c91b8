"""Notices: what each person is told and how (on the account page), and each site's limits and its desk's webhook."""

from datetime import timedelta
from typing import Final

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.notice import CHOSEN_FROM, NEEDS, NoticeKind, Way
from moderation.domain.permission import Permission, permits
from moderation.steps import choosing_notices
from moderation.steps.choosing_notices import Own, Webhook
from moderation.store import notice_choices
from moderation.store import notices as outbox
from moderation.store.moderators import RoleAt
from moderation.store.notice_choices import Limits
from moderation.web.current import runtime
from moderation.web.dashboard import wording
from moderation.web.dashboard.account import show_account
from moderation.web.dashboard.blueprint import dashboard, site_ids, visitor
from moderation.web.dashboard.catalogues import LANGUAGES
from moderation.web.errors import Problem, problem_of

PAGE: Final = 50


@dashboard.post("/account/notices")
def choose_notices() -> ResponseReturnValue:
    now = runtime()
    try:
        choosing_notices.choose(
            now.work,
            now.vault,
            moderator_id=_self(),
            chosen=choosing_notices.chosen_of(request.form.getlist("chosen")),
            webhook=_webhook(),
            check=now.callback_client.check_url,
        )
    except InvalidValueError as error:
        return show_account(error, "notices")
    return redirect(url_for("dashboard.account", done="notices", _anchor="notices"), 303)


@dashboard.post("/account/notices/test")
def try_notice() -> ResponseReturnValue:
    way = Way.WEBHOOK if request.form.get("way") == Way.WEBHOOK.value else Way.EMAIL
    try:
        choosing_notices.try_own(runtime().work, moderator_id=_self(), way=way, now=runtime().now())
    except InvalidValueError as error:
        return show_account(error, "notices")
    return redirect(url_for("dashboard.account", done="notice-test", _anchor="notices"), 303)


def _self() -> int:
    return visitor().visitor.moderator_id


def _webhook() -> Webhook:
    return Webhook(request.form.get("webhook", "").strip(), removed=request.form.get("remove") == "yes")


def _own_notices() -> Own | None:
    return choosing_notices.own(runtime().work, moderator_id=_self()) if g.get("admitted") else None


def _own_kinds() -> list[NoticeKind]:
    """What the visitor may be told at one site or another."""
    return [kind for kind in CHOSEN_FROM if site_ids(NEEDS[kind])]


@dashboard.app_context_processor
def _offers() -> dict[str, object]:
    return {
        "own_notices": _own_notices,
        "own_notice_kinds": _own_kinds,
        "notice_ways": tuple(Way),
        "mails": lambda: runtime().mail_client is not None,
    }


@dashboard.get("/notices")
def notices() -> ResponseReturnValue:
    """Limits and webhook of each site that the visitor administers, and what its people were told lately."""
    return _show()


def _show(problem: Problem | None = None, at: str = "") -> ResponseReturnValue:
    sites = [one for one in visitor().roles if permits(one.role, Permission.MANAGE_SITE)]
    if not sites:
        raise NotPermittedError("Your role does not set up notices. Ask an administrator.")
    ids = [one.site_id for one in sites]
    with runtime().reading() as connection:
        limits = notice_choices.limits_of(connection, ids)
        rows = outbox.of_sites(connection, ids, before=_before(), limit=PAGE + 1)
    page = render_template(
        "notices.html",
        sites=sites,
        limits=limits,
        kinds=CHOSEN_FROM,
        told=rows[:PAGE],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        several=len(sites) > 1,
        languages=LANGUAGES,
        done=request.args.get("done"),
        problem=problem,
        at=at,
    )
    return page, problem.status if problem else 200


def _before() -> int | None:
    written = request.args.get("before", "")
    if written and not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidValueError("This page's address is damaged. Go back to the newest notices.")
    return int(written) if written else None


@dashboard.post("/notices/<slug>")
def set_notices(slug: str) -> ResponseReturnValue:
    site, now = _managed(slug), runtime()
    try:
        choosing_notices.set_limits(
            now.work,
            now.vault,
            site_id=site.site_id,
            limits=_limits(),
            webhook=_webhook(),
            check=now.callback_client.check_url,
            by=f"moderator {_self()}",
        )
    except InvalidValueError as error:
        return _show(problem_of(error), slug)
    return redirect(url_for("dashboard.notices", done=slug), 303)


@dashboard.post("/notices/<slug>/test")
def try_channel(slug: str) -> ResponseReturnValue:
    site = _managed(slug)
    try:
        choosing_notices.try_desk(runtime().work, site_id=site.site_id, now=runtime().now())
    except InvalidValueError as error:
        return _show(problem_of(error), slug)
    return redirect(url_for("dashboard.notices", done="test"), 303)


def _managed(slug: str) -> RoleAt:
    site = next((one for one in visitor().roles if one.slug == slug), None)
    if site is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    if not permits(site.role, Permission.MANAGE_SITE):
        raise NotPermittedError("Your role does not set up notices. Ask an administrator.")
    return site


def _limits() -> Limits:
    minutes = _number("waits_over")
    ticked = set(request.form.getlist("kinds"))
    return Limits(
        held_over=_number("held_over"),
        waits_over=None if minutes is None else timedelta(minutes=minutes),
        quiet=timedelta(minutes=_number("quiet") or 0),
        kinds=frozenset(kind for kind in CHOSEN_FROM if kind.value in ticked),
        language=wording.chosen(request.form.get("language")),
    )


def _number(name: str) -> int | None:
    """What a field says, in the digits of either language; -1 for what is no number, which no limit may be."""
    written = request.form.get(name, "").strip()
    if not written:
        return None
    return int(written) if written.isdecimal() and len(written) < 8 else -1
