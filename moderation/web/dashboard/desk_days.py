"""How a desk's days were: volume, what was stopped, how long people took, what waits, who decided how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask import request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import NotFoundError, NotPermittedError
from moderation.domain.forecast import Forecast, Overturned, overturned
from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import Action
from moderation.steps import setting_rules
from moderation.store import desk_figures, policies, score_tallies
from moderation.store.desk_figures import Held, PersonsDecisions, Waits
from moderation.store.moderators import RoleAt
from moderation.store.score_tallies import DayTally
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, visitor
from moderation.web.dashboard.pictures import drawn

DAYS: Final = 30
PACE_DAYS: Final = 7
"""The days whose pace a forecast goes on with."""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    comments: int
    held: int
    rejected: int

    @property
    def stopped_share(self) -> float:
        return (self.held + self.rejected) / self.comments if self.comments else 0.0


@dataclass(frozen=True, slots=True)
class DeskDays:
    """All that the page tells of one site."""

    site: RoleAt
    days: Sequence[Day]
    waits: Waits | None
    held: Held
    forecast: Forecast | None
    people: Sequence[PersonsDecisions]
    everyone: bool
    overturned: Sequence[Overturned]


def sites() -> list[RoleAt]:
    """Where the visitor sees figures."""
    found = [at for at in visitor().roles if permits(at.role, Permission.SEE_FIGURES)]
    if not found:
        raise NotPermittedError("Your role does not see the figures. Ask an administrator.")
    return found


def wanted_site() -> RoleAt:
    """The one that the address names, else the first."""
    wanted = request.args.get("site")
    site = next((at for at in sites() if wanted in {None, "", at.slug}), None)
    if site is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    return site


def desk_days(site: RoleAt) -> DeskDays:
    now = runtime().now()
    everyone = permits(site.role, Permission.MANAGE_PEOPLE)
    only = None if everyone else visitor().visitor.moderator_id
    heaps = setting_rules.decided_lately(runtime().work, site.site_id, today=now.date())
    with runtime().reading() as connection:
        days = _days(score_tallies.by_day(connection, site.site_id, since=_first(now)))
        held = desk_figures.held(connection, site.site_id)
        decided = desk_figures.decided(connection, site.site_id, since=now - timedelta(days=PACE_DAYS))
        policy = policies.rules_of(connection, [site.site_id])[site.site_id].policy
        return DeskDays(
            site=site,
            days=days,
            waits=desk_figures.waits(connection, site.site_id, since=now - timedelta(days=DAYS)),
            held=held,
            forecast=_forecast(days, held.comments, decided, now),
            people=desk_figures.by_person(connection, site.site_id, since=now - timedelta(days=DAYS), only=only),
            everyone=everyone,
            overturned=overturned(heaps, policy),
        )


@dashboard.get("/figures/days.svg")
def figures_days() -> ResponseReturnValue:
    """Comments by day: what was published unseen, and what was stopped."""
    site = wanted_site()
    with runtime().reading() as connection:
        found = _days(score_tallies.by_day(connection, site.site_id, since=_first(runtime().now())))
    document = {
        "days": [f"{one.day:%d/%m}" for one in found],
        "unseen": [one.comments - one.held - one.rejected for one in found],
        "stopped": [one.held + one.rejected for one in found],
    }
    return drawn("days", document)


def _first(now: datetime) -> date:
    return now.date() - timedelta(days=DAYS - 1)


def _days(tallies: Sequence[DayTally]) -> list[Day]:
    """One row a day, the oldest first; a day without comments has none."""
    by_day: dict[date, dict[Action, int]] = {}
    for one in tallies:
        counts = by_day.setdefault(one.day, {})
        counts[one.action] = counts.get(one.action, 0) + one.scored
    return [
        Day(day, sum(counts.values()), counts.get(Action.HOLD, 0), counts.get(Action.REJECT, 0))
        for day, counts in sorted(by_day.items())
    ]


def _forecast(days: Sequence[Day], held: int, decided: int, now: datetime) -> Forecast | None:
    """By the pace of the last week, or of as much of it as there is; none before the first whole day."""
    recent = [one for one in days if one.day > now.date() - timedelta(days=PACE_DAYS)]
    if not recent:
        return None
    spread = max(1, (now.date() - recent[0].day).days + 1)
    return Forecast(held, sum(one.held for one in recent) / spread, decided / spread)
