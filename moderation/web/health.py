"""What watchers ask: is this process alive, should it get traffic, and the figures of the whole service.

``/ready`` is 503 only where the database or its schema fails: without a broker or a bundle comments are still stored
and nothing is lost, and a balancer that drained every web process would turn a delay into an outage.
"""

import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog
from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import (
    CollectorRegistry,
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from moderation import migrations
from moderation.domain.errors import NotPermittedError
from moderation.runtime import Runtime
from moderation.steps.sweeping import HEARTBEAT
from moderation.store import backlogs, deliveries, enrolments, figures, leases, notices
from moderation.store.failures import PASSING_FAILURES
from moderation.web.current import runtime
from moderation.web.quality_metrics import quality

health = Blueprint("health", __name__)

SILENCE: Final = timedelta(seconds=60)
"""The sweep shows itself every few seconds; after this long it is taken for dead."""
GIVEN_UP_WITHIN: Final = timedelta(hours=24)
"""For how long a notice that was given up counts as trouble."""

_COUNTERS: Final = {
    "received": "Comments that were stored.",
    "scored": "Wordings that were scored.",
    "published": "Comments that the policy published.",
    "held": "Comments that were held for a person.",
    "rejected": "Comments that the policy rejected.",
    "decided": "Comments that people decided, at the desk or at the site, undone ones too.",
    "delivered": "Callbacks that arrived.",
    "failed_attempts": "Attempts to deliver a callback that failed.",
    "parked": "Callbacks that were given up.",
}
_LATENCIES: Final = {
    "scored_seconds": "Seconds from the stored comment to its score.",
    "delivered_seconds": "Seconds from the time at which a callback was due to its delivery.",
}

_log = structlog.get_logger(__name__)

Reason = dict[str, str]


@health.get("/live")
def live() -> Response:
    """This process answers; nothing else is looked at."""
    return jsonify(status="ok")


@health.get("/ready")
def ready() -> tuple[Response, int]:
    running = runtime()
    try:
        with running.reading() as connection:
            current = migrations.is_current(connection)
            beat = leases.last_beat(connection, HEARTBEAT) if current else None
            disabled = len(deliveries.disabled_endpoints(connection)) if current else 0
            told = notices.health(connection, since=running.now() - GIVEN_UP_WITHIN) if current else None
    except PASSING_FAILURES as error:
        _log.warning("not_ready", error=type(error).__name__)
        return _unready("database_unavailable", "The database does not answer. Check DATABASE_URL and the server.")
    if not current:
        return _unready(
            "schema_not_current", "The schema is not the one of this release. Run: python -m moderation migrate"
        )
    reasons = [*_broker_reasons(running), *_bundle_reasons(running), *_sweep_reasons(beat, running.now())]
    reasons += [*_endpoint_reasons(disabled), *_notice_reasons(told)]
    return jsonify(status="degraded" if reasons else "ok", reasons=reasons), 200


def _unready(code: str, detail: str) -> tuple[Response, int]:
    return jsonify(status="unavailable", reasons=[{"code": code, "detail": detail}]), 503


def _broker_reasons(running: Runtime) -> Iterator[Reason]:
    if not running.broker.answers():
        yield {
            "code": "broker_unavailable",
            "detail": "The broker does not answer: comments are stored, and scored later. Check REDIS_URL.",
        }


def _bundle_reasons(running: Runtime) -> Iterator[Reason]:
    problem = running.live.problem()
    if problem is not None:
        yield {"code": "bundle_unusable", "detail": problem}


def _sweep_reasons(beat: datetime | None, now: datetime) -> Iterator[Reason]:
    if beat is None or now - beat > SILENCE:
        seen = f"since {beat.isoformat(timespec='seconds')}" if beat else "ever"
        yield {
            "code": "sweep_silent",
            "detail": f"No sweep was seen {seen}. Are the worker and beat running?",
        }


def _endpoint_reasons(disabled: int) -> Iterator[Reason]:
    if disabled:
        yield {
            "code": "endpoint_disabled",
            "detail": f"Callbacks to {disabled} address(es) are switched off. `python -m moderation status` tells why; "
            "once a receiver is mended, `python -m moderation callbacks replay SITE` switches them on again.",
        }


def _notice_reasons(told: notices.Health | None) -> Iterator[Reason]:
    if told is not None and (told.failing or told.given_up):
        yield {
            "code": "notices_failing",
            "detail": f"{told.failing} notice(s) to people are being tried again and {told.given_up} were given up of "
            f"late; the last failure was {told.code}. The page «Notices» lists them.",
        }


@health.get("/metrics")
def metrics() -> Response:
    """Prometheus text, made per request from what all processes left in the database."""
    running = runtime()
    if not (_from_this_machine() or _shows_token(running.settings.metrics_token)):
        raise NotPermittedError(
            "Figures are shown to this machine, or with Authorization: Bearer and the ALOCHONA_METRICS_TOKEN."
        )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(running))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _from_this_machine() -> bool:
    """Directly: what a proxy on this machine passes on comes from loopback too, but says that it was forwarded."""
    if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")):
        return False
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _shows_token(token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class _Figures(Collector):
    """The metric families of one moment."""

    def __init__(self, running: Runtime) -> None:
        self._running = running

    def collect(self) -> Iterator[Metric]:
        now = self._running.now()
        with self._running.reading() as connection:
            totals = figures.totals(connection)
            slugs = {site.id: site.slug for site in enrolments.sites(connection)}
            beats = backlogs.heartbeats(connection)
            backlog = figures.backlog(connection, now)
            told = notices.health(connection, since=now - GIVEN_UP_WITHIN)
            endpoints = {
                "failing": deliveries.failing_endpoints(connection),
                "disabled": len(deliveries.disabled_endpoints(connection)),
            }
        yield from _counters(totals, slugs)
        yield from _backlogs(backlog, now)
        yield _endpoints(endpoints)
        yield _notices(told)
        yield from _latencies(totals)
        yield _progress(beats, now)
        yield _bundle(self._running.live.problem() is None)
        yield from quality(self._running)


def _counters(totals: dict[tuple[str, int | None], int], slugs: Mapping[int, str]) -> Iterator[Metric]:
    """One series for each enrolled site, from zero on, so that the first event shows as a rise."""
    for name, description in _COUNTERS.items():
        family = CounterMetricFamily(f"alochona_{name}", description, labels=["site"])
        for site_id, slug in slugs.items():
            family.add_metric([slug], totals.get((name, site_id), 0))
        yield family


def _backlogs(backlog: figures.Backlog, now: datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("alochona_backlog", "What waits now, counted to 100000.", labels=["kind"])
    oldest = GaugeMetricFamily("alochona_oldest_seconds", "How long the oldest has waited.", labels=["kind"])
    for kind, count, since in (
        ("scoring", backlog.waiting, backlog.waiting_since),
        ("review", backlog.held, backlog.held_since),
        ("callbacks", backlog.callbacks_due, backlog.callbacks_due_since),
    ):
        waiting.add_metric([kind], count)
        oldest.add_metric([kind], max(0.0, (now - since).total_seconds()) if since else 0.0)
    waiting.add_metric(["parked_callbacks"], backlog.callbacks_parked)
    yield waiting
    yield oldest


def _endpoints(counts: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(
        "alochona_endpoints", "Callback addresses that fail at present, and that are switched off.", labels=["state"]
    )
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


def _notices(told: notices.Health) -> Metric:
    family = GaugeMetricFamily(
        "alochona_notices", "Notices to people: waiting, of these failed before, given up of late.", labels=["state"]
    )
    for state, count in (("pending", told.pending), ("failing", told.failing), ("given_up", told.given_up)):
        family.add_metric([state], count)
    return family


def _progress(beats: Mapping[str, datetime], now: datetime) -> Metric:
    family = GaugeMetricFamily(
        "alochona_seconds_since_progress", "Since each kind of work last showed progress.", labels=["process"]
    )
    for process, at in beats.items():
        family.add_metric([process], max(0.0, (now - at).total_seconds()))
    return family


def _bundle(usable: bool) -> Metric:
    return GaugeMetricFamily("alochona_bundle_usable", "1 if comments can be scored, else 0.", value=int(usable))


def _latencies(totals: dict[tuple[str, int | None], int]) -> Iterator[Metric]:
    sums = {name: amount for (name, site_id), amount in totals.items() if site_id is None}
    for name, description in _LATENCIES.items():
        buckets, total = figures.histogram(name, sums)
        family = HistogramMetricFamily(f"alochona_{name}", description)
        family.add_metric([], buckets, total)
        yield family
