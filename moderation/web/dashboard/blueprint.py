"""The blueprint that the pages hang on, and what all of them share: the visitor, the token against forgery, words."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain import keyboard
from moderation.domain.errors import NotPermittedError
from moderation.domain.keyboard import KeyAct
from moderation.domain.permission import Permission, permissions_of, permits
from moderation.domain.vocabulary import Label, Role
from moderation.steps import admitting
from moderation.steps.admitting import Admitted
from moderation.steps.keeping_account import THEMES
from moderation.web.current import runtime
from moderation.web.dashboard import displaying, key_words, navigation, wording

dashboard: Final = Blueprint("dashboard", __name__, template_folder="templates", static_folder="static")

_PUBLIC: Final = frozenset(
    {
        "dashboard.login",
        "dashboard.login_code",
        "dashboard.forgotten",
        "dashboard.welcome",
        "dashboard.static",
        "dashboard.stylesheet",
        "dashboard.language",
    }
)
_NOBODYS: Final = frozenset({"dashboard.static", "dashboard.stylesheet"})
"""The same for everybody, so nobody is looked up."""
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CHANGES_LOOKS: Final = frozenset({"dashboard.language", "dashboard.appearance"})
CSRF_FIELD: Final = "csrf"


def cookie_name() -> str:
    """Over https the ``__Host-`` prefix ties the cookie to this very host; a browser refuses it over plain http."""
    return "__Host-alochona" if runtime().settings.over_https else "alochona"


def session_token() -> str | None:
    return request.cookies.get(cookie_name())


def visitor() -> Admitted:
    """Who asks; views behind the gate always have one."""
    found: Admitted | None = g.get("admitted")
    if found is None:
        raise NotPermittedError("Log in first.")
    return found


def site_ids(permission: Permission) -> list[int]:
    """The sites where the visitor may do this."""
    return [at.site_id for at in visitor().roles if permits(at.role, permission)]


def role_at(site_id: int) -> Role:
    return next(at.role for at in visitor().roles if at.site_id == site_id)


def csrf_token() -> str:
    """Bound to the session by a keyed digest, so that it needs no storage; nobody else's fits."""
    token = session_token()
    return runtime().vault.keyed_digest("csrf", token).hex() if token else ""


@dashboard.before_request
def _gate() -> ResponseReturnValue | None:
    token = session_token()
    if token and request.endpoint not in _NOBODYS:
        g.admitted = admitting.recognise(runtime().work, runtime().vault, token=token, now=runtime().now())
    if request.method not in _SAFE_METHODS:
        _refuse_forgery()
    if request.endpoint in _PUBLIC or g.get("admitted"):
        return None
    if request.method in _SAFE_METHODS:
        return redirect(url_for("dashboard.login", next=request.full_path.rstrip("?")))
    raise NotPermittedError("Your session ended. Log in again in another tab, then send this once more.")


def _refuse_forgery() -> None:
    """A change must come from our own pages: by the browser's word, and by the session's token where there is one."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise NotPermittedError("This request came from another site and was refused.")
    origin = request.headers.get("Origin")
    if origin not in {None, request.host_url.rstrip("/"), runtime().settings.base_url}:
        raise NotPermittedError("This request came from another site and was refused.")
    if g.get("admitted") and not hmac.compare_digest(request.form.get(CSRF_FIELD, "").encode(), csrf_token().encode()):
        raise NotPermittedError("This page is too old. Load it again and repeat what you did.")


def language() -> str:
    """The visitor's: kept with the account, and in a cookie for pages that know nobody."""
    admitted: Admitted | None = g.get("admitted")
    return wording.chosen(admitted.visitor.language if admitted else request.cookies.get("language"))


def theme() -> str:
    """``light``, ``dark``, or ``system`` for whatever the device says; kept as the language is."""
    admitted: Admitted | None = g.get("admitted")
    wanted = admitted.visitor.theme if admitted else request.cookies.get("theme")
    return wanted if wanted in THEMES else THEMES[0]


@dashboard.after_request
def _remember_looks(response: Response) -> Response:
    """An error page outside the dashboard, or one without its database, then looks and speaks as the account says."""
    if g.get("admitted") and request.endpoint not in _CHANGES_LOOKS:
        for name, chosen in (("language", language()), ("theme", theme())):
            if request.cookies.get(name) != chosen:
                remember(response, name, chosen)
    return response


def remember(response: Response, name: str, chosen: str) -> None:
    """Keeps a choice in a cookie, for pages that know nobody."""
    response.set_cookie(name, chosen, samesite="Lax", secure=runtime().settings.over_https, path="/")


@dashboard.app_context_processor
def _shared() -> dict[str, object]:
    admitted: Admitted | None = g.get("admitted")
    return {
        "visitor": admitted.visitor if admitted else None,
        "csrf": csrf_token() if admitted else "",
        "label_names": list(Label),
        "groups": navigation.groups_for(_permissions(admitted)) if admitted else [],
        "shown": displaying.shown,
        "theme": theme(),
        **_keys(keyboard.keys_of(admitted.visitor.keys if admitted else {})),
        **_words(language()),
    }


def _keys(keys: Mapping[KeyAct, str]) -> dict[str, object]:
    """The visitor's single keys: of each act as legends show them, and all for the scripts."""
    return {
        "keys": keys,
        "keymap": {act.value: [_for_script(key) for key in keys[act]] for act in keys},
        "key_of": lambda act: key_words.named(keys[KeyAct(act)][:1]),
        "key_named": key_words.named,
        "key_words": key_words.KEY_WORDS,
    }


def _for_script(key: str) -> str:
    return f"Shift+{key.lower()}" if key.isupper() else key


def _permissions(admitted: Admitted) -> frozenset[Permission]:
    """What the visitor may do at one site or another."""
    return frozenset().union(*(permissions_of(at.role) for at in admitted.roles))


def _words(language: str) -> dict[str, object]:
    """What the templates say in the visitor's language."""
    return {
        "language": language,
        "_": lambda text, **values: wording.translated(text, language, **values),
        "ngettext": lambda one, many, n, **values: wording.counted(one, many, n, language, **values),
        "in_all": wording.in_all,
        "digits": lambda value: wording.digits(value, language),
        "percent": lambda share: wording.percent(share, language),
        "code_word": lambda code: wording.code(code, language),
        "decimal": lambda value, places: wording.decimal(value, places, language),
        "span": lambda length: wording.span(length, language),
        "day": lambda moment: wording.day(moment, language),
        "ago": lambda moment: wording.ago(_now() - moment, language),
        "ahead": lambda moment: wording.ahead(moment - _now(), language),
        "reason": lambda check: wording.reason(check, language, _now()),
        "detail_of": lambda rule, written: wording.detail(rule, written, language, _now()),
        "figure": lambda value, is_score: wording.figure(value, language, is_score),
        "said": lambda problem: wording.said(problem.code, problem.template, problem.values, language),
        "problem_title": lambda status: wording.title(status, language),
        "failure": lambda code: wording.failure(code, language),
    }


def _now() -> datetime:
    return runtime().now()
