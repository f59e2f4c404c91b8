"""Figures: a desk's days, and how well the classifier does: what the audit sample says, and the drift of comments."""

from flask import render_template
from flask.typing import ResponseReturnValue

from moderation.domain import estimate
from moderation.domain.permission import Permission
from moderation.steps import setting_rules
from moderation.store import audit_sample, bundles, drift
from moderation.web.current import runtime
from moderation.web.dashboard import desk_days
from moderation.web.dashboard.blueprint import dashboard, site_ids


@dashboard.get("/figures")
def figures() -> ResponseReturnValue:
    """Shares with their intervals of the last 30 days, and the live bundle's last measurement of drift."""
    site = desk_days.wanted_site()
    sites = site_ids(Permission.SEE_FIGURES)
    now = runtime().now()
    with runtime().reading() as connection:
        tallies = audit_sample.tallies(connection, now=now, since=now - estimate.WINDOW, site_ids=sites)
        live = next((one for one in bundles.listed(connection) if one.live), None)
        measured = drift.newest(connection, live.id) if live else None
    return render_template(
        "figures.html",
        audited=estimate.audited(tallies),
        days=estimate.WINDOW.days,
        enough=estimate.ENOUGH,
        measured=measured,
        desk=desk_days.desk_days(site),
        sites=desk_days.sites(),
        desk_days=desk_days.DAYS,
        pace_days=desk_days.PACE_DAYS,
        policy_days=setting_rules.DAYS,
    )
