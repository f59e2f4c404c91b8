"""What a policy has beside thresholds, as the policy page's form sends it: counts, shares, switches, the breaker."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from moderation.domain import audit
from moderation.domain.errors import InvalidValueError
from moderation.domain.policy import DEFAULT_BREAKER, Breaker, Policy

_LARGEST_COUNT: Final = 1_000_000


def with_other_rules(standing: Policy, form: Mapping[str, str]) -> Policy:
    """The policy with the rules of a form. A switch that the form leaves out is off.

    Raises:
        InvalidValueError: a field has no number that a rule can have.
    """
    return replace(
        standing,
        hold_first_comments=_count(form, "hold_first_comments") or 0,
        hold_links_over=_count(form, "hold_links_over"),
        hold_reports_from=_count(form, "hold_reports_from"),
        audit_share=_share(form, "audit_share", standing.audit_share, audit.LARGEST_SHARE),
        mix_in=_share(form, "mix_in", standing.mix_in, audit.LARGEST_MIX),
        blind="blind" in form,
        mask="mask" in form,
        breaker=_breaker(form, standing.breaker or DEFAULT_BREAKER),
    )


def _count(form: Mapping[str, str], name: str) -> int | None:
    """A whole number, or ``None`` for a rule that is off."""
    written = form.get(name, "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 8 and int(written) <= _LARGEST_COUNT):
        raise InvalidValueError(
            "Give whole numbers from 0 to {most}, or nothing to switch a rule off.", most=_LARGEST_COUNT
        )
    return int(written)


def _share(form: Mapping[str, str], name: str, now: float, most: float) -> float:
    """A share that the form gives in per cent; one that was not changed stays as exact as it was."""
    try:
        share = float(form.get(name) or 100 * now) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= most:
        raise InvalidValueError("Give a share from 0 to {most} per cent here.", most=round(100 * most))
    return now if abs(share - now) < 1e-9 else round(share, 6)


def _breaker(form: Mapping[str, str], now: Breaker) -> Breaker | None:
    if "breaker" not in form:
        return None
    return Breaker(
        share=_share(form, "breaker_share", now.share, 1.0),
        least=_count(form, "breaker_least") or now.least,
        minutes=_count(form, "breaker_minutes") or now.minutes,
        hold_minutes=_count(form, "breaker_hold_minutes") or now.hold_minutes,
    )
