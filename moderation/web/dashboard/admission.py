"""The way in and out: log in, set a password by a one-time link, log out, choose a language."""

from urllib.parse import urlsplit

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import (
    CodeRefusedError,
    InvalidValueError,
    LinkExpiredError,
    LoginDelayedError,
    LoginRefusedError,
    ModerationError,
)
from moderation.passwords import SHORTEST_PASSWORD
from moderation.steps import admitting, handing_over, recovering
from moderation.steps.admitting import CodeNeeded
from moderation.web.current import runtime
from moderation.web.dashboard import wording
from moderation.web.dashboard.blueprint import cookie_name, dashboard, remember, session_token, visitor
from moderation.web.errors import problem_of


def local_path(wanted: str | None) -> str:
    """Where to go next, only within this site; anything that a browser could read as another host leads home."""
    home = url_for("dashboard.review")
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or "\\" in wanted:
        return home
    parts = urlsplit(wanted)
    return home if parts.scheme or parts.netloc or any(ord(character) < 32 for character in wanted) else wanted


@dashboard.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("login.html", next=request.args.get("next", ""), problem=None)
    now = runtime()
    try:
        token = admitting.log_in(
            now.work,
            now.vault,
            email=request.form.get("email", ""),
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            now=now.now(),
            user_agent=request.user_agent.string,
        )
    except (LoginRefusedError, LoginDelayedError) as error:
        return _refused(error, "login.html", next=request.form.get("next", ""))
    return _go_on(token, local_path(request.form.get("next")))


@dashboard.post("/login/code")
def login_code() -> ResponseReturnValue:
    """The second step: the form brings the ticket of the first with the code."""
    now, ticket, following = runtime(), request.form.get("ticket", ""), request.form.get("next", "")
    try:
        token = admitting.log_in_with_code(
            now.work,
            now.vault,
            ticket=ticket,
            code=request.form.get("code", ""),
            address=request.remote_addr or "",
            now=now.now(),
            user_agent=request.user_agent.string,
        )
    except LoginRefusedError as error:
        return _refused(error, "login.html", next=following)
    except (CodeRefusedError, LoginDelayedError) as error:
        return _refused(error, "login_code.html", ticket=ticket, next=following)
    return _enter(token, local_path(following))


def _refused(error: ModerationError, template: str, **values: str) -> ResponseReturnValue:
    problem = problem_of(error)
    return render_template(template, problem=problem, **values), problem.status, dict(problem.headers)


def _go_on(entered: str | CodeNeeded, path: str) -> ResponseReturnValue:
    """In, or to the second step. The ticket stands in the form and nowhere else."""
    if isinstance(entered, CodeNeeded):
        return render_template("login_code.html", problem=None, ticket=entered.ticket, next=path)
    return _enter(entered, path)


@dashboard.route("/login/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """The same answer whether or not somebody has this address."""
    now = runtime()
    mails = now.mail_client is not None
    if request.method == "GET" or not mails:
        return render_template("forgotten.html", problem=None, can_mail=mails, asked=False)
    email, address = request.form.get("email", ""), request.remote_addr or ""
    try:
        recovering.ask_for_link(now.work, now.vault, email=email, address=address, now=now.now())
    except LoginDelayedError as error:
        problem = problem_of(error)
        page = render_template("forgotten.html", problem=problem, can_mail=mails, asked=False)
        return page, problem.status, dict(problem.headers)
    return render_template("forgotten.html", problem=None, can_mail=mails, asked=True)


@dashboard.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> ResponseReturnValue:
    """Looking at a one-time link does not use it up: mail scanners look too."""
    if request.method == "GET":
        return render_template("welcome.html", problem=None, shortest=SHORTEST_PASSWORD)
    now = runtime()
    try:
        session = admitting.set_password(
            now.work,
            now.vault,
            token=token,
            password=request.form.get("password", ""),
            now=now.now(),
            user_agent=request.user_agent.string,
        )
    except (InvalidValueError, LinkExpiredError) as error:
        problem = problem_of(error)
        return render_template("welcome.html", problem=problem, shortest=SHORTEST_PASSWORD), problem.status
    return _go_on(session, url_for("dashboard.review"))


def _enter(token: str, path: str) -> Response:
    now, home = runtime(), url_for("dashboard.review")
    if path == home and handing_over.has_returned(now.work, now.vault, token=token):
        path = url_for("dashboard.handover")
    response = make_response(redirect(path, 303))
    secure = runtime().settings.over_https
    response.set_cookie(cookie_name(), token, httponly=True, secure=secure, samesite="Lax", path="/")
    return response


@dashboard.post("/logout")
def logout() -> ResponseReturnValue:
    admitting.log_out(runtime().work, runtime().vault, token=session_token() or "")
    response = make_response(redirect(url_for("dashboard.login"), 303))
    response.delete_cookie(cookie_name(), path="/", secure=runtime().settings.over_https, httponly=True, samesite="Lax")
    return response


@dashboard.post("/language")
def language() -> ResponseReturnValue:
    """For a visitor it is kept with the account, before that in a cookie."""
    wanted = wording.chosen(request.form.get("language"))
    response = make_response(redirect(local_path(request.form.get("next")), 303))
    remember(response, "language", wanted)
    if g.get("admitted"):
        admitting.set_language(runtime().work, moderator_id=visitor().visitor.moderator_id, language=wanted)
    return response
