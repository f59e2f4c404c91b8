"""The metric families that tell how well the classifier does: the audit sample's estimates, and the drift."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric

from moderation.domain import estimate
from moderation.domain.estimate import Audited
from moderation.runtime import Runtime
from moderation.store import audit_sample, drift
from moderation.store.drift import Measured


def quality(running: Runtime) -> Iterator[Metric]:
    """The estimates of the last 30 days, how many draws wait, and the last measurement of drift."""
    now = running.now()
    with running.reading() as connection:
        tallies = audit_sample.tallies(connection, now=now, since=now - estimate.WINDOW)
        waiting = audit_sample.open_draws(connection)
        measured = drift.newest(connection)
    yield from _audit(estimate.audited(tallies))
    yield GaugeMetricFamily("alochona_audit_waiting", "Drawn comments that wait for a blind look.", value=waiting)
    if measured is not None:
        yield from _drift(measured)


def _audit(audited: Sequence[Audited]) -> Iterator[Metric]:
    """A share is told only where there are answers enough for one; the counts always."""
    counts = GaugeMetricFamily(
        "alochona_audit_draws",
        f"Random draws of the last {estimate.WINDOW.days} days.",
        labels=["action", "script", "kind"],
    )
    shares = GaugeMetricFamily(
        "alochona_audit_wrong_share",
        "Estimated share of automatic outcomes that a person finds wrong, and its 95% bounds.",
        labels=["action", "script", "bound"],
    )
    for one in audited:
        script = one.script or "all"
        for kind, count in (("drawn", one.drawn), ("answered", one.answered), ("wrong", one.wrong)):
            counts.add_metric([one.action, script, kind], count)
        if one.estimate is not None:
            found = one.estimate
            for bound, value in (("estimate", found.share), ("low", found.low), ("high", found.high)):
                shares.add_metric([one.action, script, bound], value)
    yield counts
    yield shares


def _drift(measured: Measured) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "alochona_drift_measured_timestamp_seconds", "When drift was measured last.", value=measured.at.timestamp()
    )
    unseen = GaugeMetricFamily(
        "alochona_unseen_words_share", "Share of words that no training text had.", labels=["bundle", "of"]
    )
    unseen.add_metric([measured.bundle, "now"], measured.profile["unseen"])
    if measured.reference is not None:
        unseen.add_metric([measured.bundle, "reference"], measured.reference["unseen"])
    yield unseen
    if measured.drift is not None:
        family = GaugeMetricFamily(
            "alochona_drift_psi", "Population stability index against the reference.", labels=["bundle", "of"]
        )
        for name, value in {**measured.drift["scores"], "scripts": measured.drift["scripts"]}.items():
            family.add_metric([measured.bundle, name], value)
        yield family
