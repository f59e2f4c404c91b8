"""One's own account: password, looks, sessions, and the second step of the log-in."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import (
    CodeRefusedError,
    InvalidValueError,
    LoginDelayedError,
    LoginRefusedError,
    ModerationError,
)
from moderation.domain.keyboard import DEFAULT_KEYS, KeyAct
from moderation.passwords import SHORTEST_PASSWORD
from moderation.steps import admitting, keeping_account, proving
from moderation.steps.keeping_account import BREAKS, MASKS, THEMES, Here
from moderation.store import exposures
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.dashboard import wording
from moderation.web.dashboard.blueprint import csrf_token, dashboard, remember, session_token, visitor
from moderation.web.dashboard.catalogues import LANGUAGES
from moderation.web.errors import problem_of

_REFUSALS = (LoginRefusedError, LoginDelayedError, InvalidValueError, CodeRefusedError)


@dashboard.get("/account")
def account() -> ResponseReturnValue:
    """``done`` names what was just done."""
    return show_account()


def show_account(error: ModerationError | None = None, at: str = "") -> ResponseReturnValue:
    """The page, with a problem at the section whose form was refused."""
    problem = problem_of(error) if error else None
    with runtime().reading() as connection:
        exposure = exposures.of(connection, _here().moderator_id, now=runtime().now())
    page = render_template(
        "account.html",
        own=keeping_account.own(runtime().work, runtime().vault, here=_here(), now=runtime().now()),
        shortest=SHORTEST_PASSWORD,
        languages=LANGUAGES,
        themes=THEMES,
        masks=MASKS,
        breaks=BREAKS,
        exposure=exposure,
        typed_keys=request.form if at == "keys" else None,
        done=request.args.get("done"),
        problem=problem,
        at=at,
    )
    return page, problem.status if problem else 200, dict(problem.headers) if problem else {}


@dashboard.get("/session")
def session() -> ResponseReturnValue:
    """The session's token, for a page that asks before it lets go of what was typed."""
    return json_answer({"csrf": csrf_token()})


@dashboard.post("/account/password")
def change_password() -> ResponseReturnValue:
    now = runtime()
    try:
        keeping_account.change_password(
            now.work,
            now.vault,
            here=_here(),
            old=request.form.get("old", ""),
            new=request.form.get("new", ""),
            now=now.now(),
        )
    except _REFUSALS as error:
        return show_account(error, "password")
    return _back("password")


@dashboard.post("/account/appearance")
def appearance() -> ResponseReturnValue:
    """Language and theme, kept with the account and in cookies for pages that know nobody."""
    theme, language = request.form.get("theme", THEMES[0]), wording.chosen(request.form.get("language"))
    try:
        keeping_account.set_theme(runtime().work, moderator_id=_here().moderator_id, theme=theme)
    except InvalidValueError as error:
        return show_account(error, "appearance")
    admitting.set_language(runtime().work, moderator_id=_here().moderator_id, language=language)
    response = make_response(_back("appearance"))
    remember(response, "theme", theme)
    remember(response, "language", language)
    return response


@dashboard.post("/account/comfort")
def comfort() -> ResponseReturnValue:
    """Whether slurs are masked, for this person wherever they log in, and when a break is suggested."""
    written = request.form.get("break_after", "")
    try:
        keeping_account.set_comfort(
            runtime().work,
            moderator_id=_here().moderator_id,
            mask=request.form.get("mask", ""),
            break_after=int(written) if written.isascii() and written.isdigit() and len(written) < 9 else -1,
        )
    except InvalidValueError as error:
        return show_account(error, "comfort")
    response = make_response(_back("comfort"))
    response.delete_cookie("mask", path="/", samesite="Lax", secure=runtime().settings.over_https)
    return response


@dashboard.post("/account/keys")
def own_keys() -> ResponseReturnValue:
    """The person's own keys: one character, or none, for each act."""
    written = {act: request.form.get(act.value, DEFAULT_KEYS[act][0]) for act in KeyAct}
    if "reset" in request.form:
        written = {}
    try:
        keeping_account.set_keys(runtime().work, moderator_id=_here().moderator_id, written=written)
    except InvalidValueError as error:
        return show_account(error, "keys")
    return _back("keys")


@dashboard.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    keeping_account.end_session(runtime().work, here=_here(), session_id=session_id)
    return _back("session")


@dashboard.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    keeping_account.end_other_sessions(runtime().work, runtime().vault, here=_here())
    return _back("sessions")


@dashboard.post("/account/codes/begin")
def begin_codes() -> ResponseReturnValue:
    now, password = runtime(), request.form.get("password", "")
    try:
        keeping_account.begin_codes(now.work, now.vault, here=_here(), password=password, now=now.now())
    except _REFUSALS as error:
        return show_account(error, "codes")
    return _back(None)


@dashboard.post("/account/codes/confirm")
def confirm_codes() -> ResponseReturnValue:
    """The answer itself shows the recovery codes: only their digests are kept, so that no later page could."""
    now, code = runtime(), request.form.get("code", "")
    try:
        codes = proving.confirm(now.work, now.vault, moderator_id=_here().moderator_id, code=code, now=now.now())
    except _REFUSALS as error:
        return show_account(error, "codes")
    return render_template("recovery_codes.html", codes=codes)


@dashboard.post("/account/codes/off")
def switch_codes_off() -> ResponseReturnValue:
    now, password = runtime(), request.form.get("password", "")
    try:
        keeping_account.switch_codes_off(now.work, now.vault, here=_here(), password=password, now=now.now())
    except _REFUSALS as error:
        return show_account(error, "codes")
    return _back("codes-off")


def _back(done: str | None) -> ResponseReturnValue:
    return redirect(url_for("dashboard.account", done=done), 303)


def _here() -> Here:
    return Here(visitor().visitor.moderator_id, session_token() or "", request.remote_addr or "")
