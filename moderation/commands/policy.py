"""``policy``: what holds and what rejects a site's comments."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from moderation.commands import terms
from moderation.commands.files import read_text
from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_pairs, say_table
from moderation.domain import policy_changes
from moderation.domain.errors import InvalidValueError
from moderation.domain.keeper import OPERATOR
from moderation.domain.policy import Policy
from moderation.domain.policy_changes import Change
from moderation.domain.vocabulary import Mode
from moderation.runtime import Runtime
from moderation.steps import enrolling, setting_rules
from moderation.store import enrolments, policies, term_lists

_HERE = "moderation.commands.policy"
_VERSIONS_SHOWN = 50

policy = LazyGroup(
    name="policy",
    help="Show or set what holds and rejects a site's comments.",
    lazy={
        "show": (f"{_HERE}:show", "The rules of a site as they stand now."),
        "set": (f"{_HERE}:set_rules", "A new version of a site's policy, from a file; or its mode."),
        "history": (f"{_HERE}:history", "Who changed a site's policy, when, why, and what."),
        "restore": (f"{_HERE}:restore", "Make an old version of a policy the newest one."),
        "terms": ("moderation.commands.terms:set_list", "Replace a term list; the same as `terms set`."),
        "hold-everything": (f"{_HERE}:hold_everything", "Hold every new comment of a site for a time."),
    },
)
_site = click.argument("site_slug", metavar="SITE")


@click.command()
@_site
@json_option
def show(*, site_slug: str, as_json: bool) -> None:
    """Show SITE's mode, policy and term lists."""
    with opened() as runtime:
        rules = _rules(runtime, site_slug)
    if as_json:
        say_json(rules)
        return
    thresholds = rules["policy"].pop("thresholds")
    by_script = rules["policy"].pop("by_script")
    say_pairs(
        [
            *((name, rules[name]) for name in ("site", "mode", "version")),
            ("hold_everything_until", rules["hold_everything_until"] or "not held"),
            *((name, "never" if value is None else value) for name, value in rules["policy"].items()),
            *((f"terms {name}", len(listed)) for name, listed in rules["term_lists"].items()),
        ]
    )
    rows = [
        (script, label, _from(pair["hold"]), _from(pair["reject"]))
        for script, labels in {"every script": thresholds, **by_script}.items()
        for label, pair in labels.items()
    ]
    say_table(("script", "label", "holds from", "rejects from"), rows)


def _from(threshold: float | None) -> str:
    return "never" if threshold is None else f"{threshold:g}"


def _rules(runtime: Runtime, site_slug: str) -> dict[str, Any]:
    with runtime.reading() as connection:
        site = enrolments.site(connection, site_slug)
        rules = policies.rules_of(connection, [site.id])[site.id]
        lists = {one.name: terms.lines(connection, one) for one in term_lists.lists(connection, [site.id])}
    until = rules.hold_everything_until
    return {
        "site": rules.slug,
        "mode": rules.mode.value,
        "version": rules.policy.version,
        "hold_everything_until": until.isoformat(timespec="seconds") if until else None,
        "policy": policies.document_of(rules.policy),
        "term_lists": {name: lines for name, lines in lists.items() if lines},
    }


@click.command("set")
@_site
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice([mode.value for mode in Mode]), help="What stands until it is decided.")
@click.option("--note", default="", help="The reason, for the record.")
@json_option
def set_rules(*, site_slug: str, path: Path | None, mode: str | None, note: str, as_json: bool) -> None:
    """Give SITE the policy in FILE, a JSON document like the «policy» that `show --json` prints.

    What the file leaves out is as in the default policy.
    """
    if path is None and mode is None:
        raise InvalidValueError("Give a FILE with a policy, or --mode, or both.")
    document = _read_json(path) if path is not None else None
    with opened() as runtime:
        if document is not None:
            setting_rules.set_policy(runtime.work, site_slug=site_slug, document=document, note=note)
        if mode is not None:
            enrolling.set_mode(runtime.work, site_slug=site_slug, mode=Mode(mode))
        rules = _rules(runtime, site_slug)
    if as_json:
        say_json(rules)
        return
    click.echo(f"{site_slug}: policy version {rules['version']}, mode {rules['mode']}.")


@click.command()
@_site
@json_option
def history(*, site_slug: str, as_json: bool) -> None:
    """The versions of SITE's policy, the newest first, each with what it changed."""
    with opened() as runtime, runtime.reading() as connection:
        site = enrolments.site(connection, site_slug)
        found = policies.history(connection, site.id, limit=_VERSIONS_SHOWN + 1)
    older = [*(one.policy for one in found[1:]), Policy()]
    told: list[dict[str, Any]] = [
        {
            "version": one.policy.version,
            "author": one.author,
            "at": one.at.isoformat(timespec="seconds"),
            "note": one.note,
            "changes": [_change(change) for change in policy_changes.changes(before, one.policy)],
        }
        for one, before in zip(found[:_VERSIONS_SHOWN], older, strict=False)
    ]
    if as_json:
        say_json(told)
        return
    columns = ("version", "author", "at", "note", "changes")
    say_table(columns, [[*(one[name] for name in columns[:4]), "\n".join(one["changes"])] for one in told])


def _change(change: Change) -> str:
    of = [change.script.value] if change.script else []
    where = " ".join([*of, *([change.label.value] if change.label else []), change.field])
    return f"{where}: {_value(change.before)} -> {_value(change.after)}"


def _value(value: float | bool | None) -> str:
    return str(value).lower() if isinstance(value, bool) else _from(value)


@click.command()
@_site
@click.argument("n", metavar="VERSION", type=click.IntRange(0))
@click.option("--note", default="", help="The reason, for the record.")
def restore(*, site_slug: str, n: int, note: str) -> None:
    """Make VERSION of SITE's policy the newest one; 0 is the default policy."""
    with opened() as runtime:
        expected = _rules(runtime, site_slug)["version"]
        made = setting_rules.restore(
            runtime.work, site_slug=site_slug, n=n, note=note, expected=expected, by=OPERATOR, now=runtime.now()
        )
    click.echo(f"{site_slug}: policy version {made}.")


@click.command("hold-everything")
@_site
@click.option("--minutes", type=click.IntRange(1, 60 * 24 * 30), default=60, show_default=True, help="For how long.")
@click.option("--off", is_flag=True, help="End it now.")
@json_option
def hold_everything(*, site_slug: str, minutes: int, off: bool, as_json: bool) -> None:
    """Hold every new comment of SITE for people, whatever it scores."""
    with opened() as runtime:
        until = None if off else runtime.now() + timedelta(minutes=minutes)
        enrolling.hold_everything(runtime.work, site_slug=site_slug, until=until)
    written = until.isoformat(timespec="seconds") if until else None
    if as_json:
        say_json({"site": site_slug, "hold_everything_until": written})
        return
    click.echo(f"{site_slug}: everything is held until {written}." if written else f"{site_slug}: not held any more.")


def _read_json(path: Path) -> object:
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InvalidValueError(f"{path} is not JSON: {error}.") from error
