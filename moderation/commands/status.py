"""``status``: what waits, what is live, and what is wrong."""

from datetime import datetime

import click

from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_pairs, say_table
from moderation.store import backlogs, bundles, deliveries


@click.command()
@json_option
def status(*, as_json: bool) -> None:
    """Show what waits at each site, the live bundle, and when work last showed progress."""
    with opened() as runtime:
        now = runtime.now()
        with runtime.reading() as connection:
            sites = backlogs.by_site(connection)
            oldest = backlogs.oldest_waiting(connection)
            beats = backlogs.heartbeats(connection)
            disabled = deliveries.disabled_endpoints(connection)
            live = next((one for one in bundles.listed(connection) if one.live), None)
        problem = runtime.live.problem()
    ages = {process: _age(at, now) for process, at in beats.items()}
    waited = _age(oldest, now) if oldest else None
    if as_json:
        say_json(
            {
                "bundle": {"name": live.name, "digest": live.digest} if live else None,
                "problem": problem,
                "oldest_waiting_seconds": waited,
                "seconds_since_progress": ages,
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
            *((process, f"showed progress {age} s ago") for process, age in ages.items()),
        ]
    )
    say_table(
        ("site", "mode", "waiting", "held", "callbacks pending", "parked"),
        [(one.site, one.mode, one.waiting, one.held, one.callbacks_pending, one.callbacks_parked) for one in sites],
    )
    for one in disabled:
        since = one.since.isoformat(timespec="minutes")
        click.echo(f"\nCallbacks of {one.site} to {one.url} are switched off since {since}: {one.reason}")
        click.echo(f"Once the receiver is mended: python -m moderation callbacks replay {one.site}")


def _age(at: datetime, now: datetime) -> int:
    return max(0, round((now - at).total_seconds()))
