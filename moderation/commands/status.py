"""``status``: what waits, what is live, how well it does, and what is wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_pairs, say_table
from moderation.domain import estimate
from moderation.domain.estimate import Audited
from moderation.store import audit_sample, backlogs, bundles, deliveries, drift, notices
from moderation.store.drift import Measured


@click.command()
@json_option
def status(*, as_json: bool) -> None:
    """Show what waits at each site, the live bundle and how well it does, and when work last showed progress."""
    with opened() as runtime:
        now = runtime.now()
        with runtime.reading() as connection:
            sites = backlogs.by_site(connection)
            oldest = backlogs.oldest_waiting(connection)
            beats = backlogs.heartbeats(connection)
            disabled = deliveries.disabled_endpoints(connection)
            tallies = audit_sample.tallies(connection, now=now, since=now - estimate.WINDOW)
            to_look_at = audit_sample.open_draws(connection)
            measured = drift.newest(connection)
            told = notices.health(connection, since=now - timedelta(days=1))
            live = next((one for one in bundles.listed(connection) if one.live), None)
        problem = runtime.live.problem()
    ages = {process: _age(at, now) for process, at in beats.items()}
    waited = _age(oldest, now) if oldest else None
    audited = estimate.audited(tallies)
    if as_json:
        say_json(
            {
                "audit": {
                    "days": estimate.WINDOW.days,
                    "waiting": to_look_at,
                    "estimates": [_audit_document(one) for one in audited],
                },
                "drift": _drift_document(measured) if measured else None,
                "bundle": {"name": live.name, "digest": live.digest} if live else None,
                "problem": problem,
                "oldest_waiting_seconds": waited,
                "seconds_since_progress": ages,
                "notices": {
                    "pending": told.pending,
                    "failing": told.failing,
                    "given_up": told.given_up,
                    "code": told.code,
                },
                "endpoints_disabled": [
                    {"site": one.site, "url": one.url, "since": one.since.isoformat(), "reason": one.reason}
                    for one in disabled
                ],
                "sites": [
                    {
                        "site": one.site,
                        "mode": one.mode,
                        "waiting": one.waiting,
                        "held": one.held,
                        "callbacks_pending": one.callbacks_pending,
                        "callbacks_parked": one.callbacks_parked,
                    }
                    for one in sites
                ],
            }
        )
        return
    say_pairs(
        [
            ("live bundle", f"{live.name} ({live.digest[:12]})" if live else "none"),
            ("problem", problem or "none"),
            ("oldest unscored", f"waits for {waited} s" if waited is not None else "none"),
            ("notices", _told_of(told)),
            *((process, f"showed progress {age} s ago") for process, age in ages.items()),
        ]
    )
    say_table(
        ("site", "mode", "waiting", "held", "callbacks pending", "parked"),
        [(one.site, one.mode, one.waiting, one.held, one.callbacks_pending, one.callbacks_parked) for one in sites],
    )
    _say_audit(audited, to_look_at)
    _say_drift(measured)
    for one in disabled:
        since = one.since.isoformat(timespec="minutes")
        click.echo(f"\nCallbacks of {one.site} to {one.url} are switched off since {since}: {one.reason}")
        click.echo(f"Once the receiver is mended: python -m moderation callbacks replay {one.site}")


def _told_of(told: notices.Health) -> str:
    if not (told.failing or told.given_up):
        return f"{told.pending} wait"
    return f"{told.pending} wait, {told.failing} failed before, {told.given_up} given up of late ({told.code})"


def _age(at: datetime, now: datetime) -> int:
    return max(0, round((now - at).total_seconds()))


_OF = {"publish": "harmful among the published", "reject": "good among the rejected"}


def _audit_document(one: Audited) -> dict[str, Any]:
    found = one.estimate
    return {
        "share": _OF[one.action],
        "action": one.action,
        "script": one.script,
        "drawn": one.drawn,
        "answered": one.answered,
        "wrong": one.wrong,
        "estimate": round(found.share, 5) if found else None,
        "interval": [round(found.low, 5), round(found.high, 5)] if found else None,
    }


def _say_audit(audited: Sequence[Audited], waiting: int) -> None:
    click.echo(
        f"\nAudit sample of the last {estimate.WINDOW.days} days (95% intervals; {estimate.ENOUGH} answers are needed; "
        f"{waiting} comments wait for their look):"
    )
    rows = [
        (_OF[one.action], one.script or "all scripts", one.drawn, one.answered, one.wrong, _told(one))
        for one in audited
    ]
    say_table(("share of", "script", "drawn", "answered", "wrong", "estimate"), rows)


def _told(one: Audited) -> str:
    found = one.estimate
    if found is None:
        return "not enough yet"
    return f"{100 * found.share:.1f}% ({100 * found.low:.1f} to {100 * found.high:.1f})"


def _drift_document(measured: Measured) -> dict[str, Any]:
    return {
        "bundle": measured.bundle,
        "at": measured.at.isoformat(),
        "comments": measured.comments,
        "compared_with": measured.origin,
        "unseen": measured.profile["unseen"],
        "drift": measured.drift,
    }


def _say_drift(measured: Measured | None) -> None:
    if measured is None:
        click.echo("\nDrift: not measured yet; the worker does it once a day.")
        return
    at = measured.at.isoformat(timespec="minutes")
    if measured.drift is None:
        click.echo(f"\nDrift: too few comments to compare yet ({measured.comments} at {at}, bundle {measured.bundle}).")
        return
    origin = "its training" if measured.origin == "training" else "the first comments that it scored"
    click.echo(f"\nDrift of {measured.comments} comments at {at}, bundle {measured.bundle}, from {origin}:")
    found = measured.drift
    values = {**found["scores"], "scripts": found["scripts"]}
    say_table(("of", "PSI", ""), [(name, f"{value:.3f}", found["strength"][name]) for name, value in values.items()])
    unseen, more = 100 * measured.profile["unseen"], 100 * found["unseen"]
    click.echo(f"Words that training never saw: {unseen:.1f}% ({more:+.1f} points).")
