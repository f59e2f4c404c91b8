"""A site's policy: its thresholds over the scores of the last days, what other places would have done, its versions.

Trying places stores nothing. Without a script a button shows the figures of the chosen places; with one they follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain import audit, policy_changes, what_if
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.keeper import Keeper
from moderation.domain.permission import Permission, permits
from moderation.domain.policy import DEFAULT_BREAKER, Policy, Thresholds
from moderation.domain.policy_changes import Change
from moderation.domain.vocabulary import Label, Script
from moderation.steps import setting_rules
from moderation.steps.setting_rules import Lately
from moderation.store import policies as store
from moderation.store.moderators import RoleAt
from moderation.store.policies import Version
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.dashboard import policy_words
from moderation.web.dashboard.blueprint import dashboard, visitor
from moderation.web.dashboard.other_rules import with_other_rules
from moderation.web.dashboard.pictures import drawn
from moderation.web.errors import Problem, problem_of

VERSIONS_SHOWN: Final = 10
NEVER: Final = 101
"""The slider's last step, one beyond the score 1.00."""
_DAMAGED: Final = "The form was damaged. Load the page again and repeat what you did."


@dataclass(frozen=True, slots=True)
class Draft:
    """The policy as it stands in the form, for one script or for all."""

    policy: Policy
    note: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One version and what it changed of the one before."""

    version: Version
    changes: Sequence[Change]


@dashboard.get("/policy")
def policies() -> ResponseReturnValue:
    """The sites whose policy the visitor may read; of a single one, that policy."""
    sites = [at for at in visitor().roles if permits(at.role, Permission.READ_REVIEW_QUEUE)]
    if not sites:
        raise NotPermittedError("Your role may not read the policy. Ask an administrator.")
    if len(sites) == 1:
        return redirect(url_for("dashboard.policy", slug=sites[0].slug))
    with runtime().reading() as connection:
        rules = store.rules_of(connection, [at.site_id for at in sites])
    return render_template("policies.html", sites=[(at, rules[at.site_id].policy) for at in sites])


@dashboard.get("/policy/<slug>")
def policy(slug: str) -> ResponseReturnValue:
    site = _site(slug, Permission.READ_REVIEW_QUEUE)
    return _show(site, Draft(_standing(site)))


@dashboard.post("/policy/<slug>/try")
def try_policy(slug: str) -> ResponseReturnValue:
    """The page with the figures of the chosen places; nothing is stored."""
    site = _site(slug, Permission.READ_REVIEW_QUEUE)
    standing = _standing(site)
    try:
        return _show(site, _draft(standing, request.form))
    except InvalidValueError as error:
        return _show(site, Draft(standing, _note()), problem_of(error))


@dashboard.post("/policy/<slug>")
def save_policy(slug: str) -> ResponseReturnValue:
    """Saves the form as a new version; where it cannot be, the page shows why, with all that was chosen."""
    site = _site(slug, Permission.EDIT_POLICY)
    standing = _standing(site)
    draft = Draft(standing, _note())
    try:
        draft = _draft(standing, request.form)
        n = setting_rules.save(
            runtime().work,
            site_slug=slug,
            policy=draft.policy,
            note=draft.note,
            expected=_number("version"),
            by=_keeper(),
            now=runtime().now(),
        )
    except (ConflictError, InvalidValueError) as error:
        return _show(site, draft, problem_of(error))
    return redirect(url_for("dashboard.policy", slug=slug, script=_written_script(), saved=n), 303)


@dashboard.post("/policy/<slug>/restore")
def restore_policy(slug: str) -> ResponseReturnValue:
    """Makes an old version the newest one."""
    site = _site(slug, Permission.EDIT_POLICY)
    try:
        n = setting_rules.restore(
            runtime().work,
            site_slug=slug,
            n=_number("n"),
            note=_note(),
            expected=_number("version"),
            by=_keeper(),
            now=runtime().now(),
        )
    except (ConflictError, InvalidValueError) as error:
        return _show(site, Draft(_standing(site)), problem_of(error))
    return redirect(url_for("dashboard.policy", slug=slug, saved=n), 303)


@dashboard.get("/policy/<slug>/told")
def policy_told(slug: str) -> ResponseReturnValue:
    """For the page's script: what the places in the address would have done, as sentences for each label."""
    site = _site(slug, Permission.READ_REVIEW_QUEUE)
    standing = _standing(site)
    seen = _lately(site, _script(), standing)
    found = setting_rules.tried(seen, standing, _placed(standing, request.args))
    return json_answer({label.value: policy_words.told(found.get(label), seen.days) for label in Label})


@dashboard.get("/policy/<slug>/<label>.svg")
def policy_picture(slug: str, label: str) -> ResponseReturnValue:
    """The scores of one label in the last days, from edge to edge."""
    site = _site(slug, Permission.READ_REVIEW_QUEUE)
    if label not in set(Label):
        raise NotFoundError("There is no such picture.")
    seen = _lately(site, _script(), _standing(site), Label(label))
    alone, together = what_if.histogram(seen.heaps)
    return drawn("scores", {"alone": alone, "together": together})


def _show(site: RoleAt, draft: Draft, problem: Problem | None = None) -> ResponseReturnValue:
    standing, script = _standing(site), _script()
    seen = _lately(site, script, standing)
    found = setting_rules.tried(seen, standing, draft.policy)
    page = render_template(
        "policy.html",
        site=site,
        script=script,
        scripts=list(Script),
        own=set(standing.by_script),
        standing=standing,
        draft=draft,
        places={label: _steps(_pair(draft.policy, label, script)) for label in Label},
        values={label: _pair(draft.policy, label, script) for label in Label},
        never=NEVER,
        days=seen.days,
        told={label: policy_words.told(found.get(label), seen.days) for label in Label},
        stretches={label: what_if.stretches(seen.of(label)) for label in Label},
        may_edit=permits(site.role, Permission.EDIT_POLICY),
        expected=request.form.get("version", standing.version),
        largest_share=audit.LARGEST_SHARE,
        largest_mix=audit.LARGEST_MIX,
        default_breaker=DEFAULT_BREAKER,
        longest_note=setting_rules.LONGEST_NOTE,
        saved=_asked("saved"),
        problem=problem,
        **_versions(site, standing),
    )
    return page, problem.status if problem else 200


def _versions(site: RoleAt, standing: Policy) -> dict[str, object]:
    """A page of the history, and one older version beside the newest where the address names it."""
    wanted = _asked("version")
    with runtime().reading() as connection:
        found = store.history(connection, site.site_id, before=_asked("before"), limit=VERSIONS_SHOWN + 1)
        compared = None if wanted is None else store.version(connection, site.site_id, wanted)
    older = [*(one.policy for one in found[1:]), Policy()]
    told = [
        Told(one, policy_changes.changes(before, one.policy))
        for one, before in zip(found[:VERSIONS_SHOWN], older, strict=False)
    ]
    return {
        "versions": told,
        "before": found[VERSIONS_SHOWN - 1].policy.version if len(found) > VERSIONS_SHOWN else None,
        "compared": compared,
        "since": policy_changes.changes(compared.policy, standing) if compared else [],
    }


def _lately(site: RoleAt, script: Script | None, standing: Policy, label: Label | None = None) -> Lately:
    scripts = [script] if script else list(Script)
    now = runtime().now().date()
    seen = setting_rules.lately(runtime().work, site.site_id, today=now, scripts=scripts, label=label)
    if script is not None:
        return seen
    followers = [heap for heap in seen.heaps if heap.label not in standing.by_script.get(Script(heap.script), {})]
    return Lately(followers, seen.days)


def _site(slug: str, permission: Permission) -> RoleAt:
    site = next((at for at in visitor().roles if at.slug == slug), None)
    if site is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    if not permits(site.role, permission):
        raise NotPermittedError("Your role may read the policy but not change it. Ask an editor.")
    return site


def _standing(site: RoleAt) -> Policy:
    with runtime().reading() as connection:
        return store.rules_of(connection, [site.site_id])[site.site_id].policy


def _keeper() -> Keeper:
    return Keeper(f"moderator {visitor().visitor.moderator_id}", visitor().visitor.name)


def _pair(policy: Policy, label: Label, script: Script | None) -> Thresholds:
    return policy.threshold(label, script) if script else policy.thresholds.get(label, Thresholds())


def _steps(pair: Thresholds) -> tuple[int, int]:
    return _step(pair.hold), _step(pair.reject)


def _step(value: float | None) -> int:
    return NEVER if value is None else round(100 * value)


def _draft(standing: Policy, form: Mapping[str, str]) -> Draft:
    placed = _placed(standing, form)
    if "others" in form:
        placed = with_other_rules(placed, form)
    return Draft(placed, _note())


def _placed(standing: Policy, form: Mapping[str, str]) -> Policy:
    """The policy with the places of a form. A slider that was not moved leaves its threshold as exact as it was."""
    script = _script()
    chosen = {}
    for label in Label:
        now = _pair(standing, label, script)
        chosen[label] = Thresholds(
            _value(form.get(f"hold_{label}"), now.hold), _value(form.get(f"reject_{label}"), now.reject)
        )
    return policy_changes.with_thresholds(standing, script, chosen)


def _value(written: str | None, now: float | None) -> float | None:
    if written is None:
        return now
    if not (written.isascii() and written.isdigit() and len(written) < 4 and int(written) <= NEVER):
        raise InvalidValueError(_DAMAGED)
    step = int(written)
    if step == _step(now):
        return now
    return None if step == NEVER else step / 100


def _script() -> Script | None:
    """The one whose places the page shows; none for all that have none of their own."""
    written = _written_script()
    if not written:
        return None
    if written not in set(Script):
        raise InvalidValueError("This page's address is damaged. Go back to the policy.")
    return Script(written)


def _written_script() -> str | None:
    return request.values.get("script") or None


def _note() -> str:
    return request.form.get("note", "").replace("\x00", "")


def _number(name: str) -> int:
    written = request.form.get(name, "")
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise InvalidValueError(_DAMAGED)
    return int(written)


def _asked(name: str) -> int | None:
    """A number that the address carries."""
    written = request.args.get(name)
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise InvalidValueError("This page's address is damaged. Go back to the policy.")
    return int(written)
