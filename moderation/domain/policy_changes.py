"""What parts two versions of a policy, and a policy with other thresholds for one script or for all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from moderation.domain.errors import InvalidValueError
from moderation.domain.policy import Breaker, Policy, Thresholds
from moderation.domain.vocabulary import Label, Script

_PLAIN = ("hold_first_comments", "hold_links_over", "hold_reports_from", "audit_share", "blind", "mask", "mix_in")
"""The fields that are a value each."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is another one now. ``field`` is hold or reject where a label is named, else a policy's field;
    without a script it is the value for every script. ``None`` is never.
    """

    field: str
    before: float | bool | None
    after: float | bool | None
    label: Label | None = None
    script: Script | None = None


def changes(old: Policy, new: Policy) -> list[Change]:
    """All that parts two policies, general thresholds first. A script's that end are told as the general ones."""
    found = list(_between(old.thresholds, new.thresholds, None))
    for script in Script:
        if script in old.by_script or script in new.by_script:
            scope = _overridden(old, script) | _overridden(new, script)
            before = {label: old.threshold(label, script) for label in Label if label in scope}
            after = {label: new.threshold(label, script) for label in Label if label in scope}
            found += _between(before, after, script)
    before_plain, after_plain = _plain(old), _plain(new)
    return found + [
        Change(name, value, after_plain[name]) for name, value in before_plain.items() if value != after_plain[name]
    ]


def _plain(policy: Policy) -> dict[str, float | bool | None]:
    """A policy's fields that are a value each, and those of its breaker, which are ``None`` where it has none."""
    breaker = {f"breaker_{each.name}": getattr(policy.breaker, each.name, None) for each in fields(Breaker)}
    return {**{name: getattr(policy, name) for name in _PLAIN}, **breaker}


def _overridden(policy: Policy, script: Script) -> set[Label]:
    return set(policy.by_script.get(script, {}))


def _between(
    old: Mapping[Label, Thresholds], new: Mapping[Label, Thresholds], script: Script | None
) -> Iterator[Change]:
    for label in Label:
        before, after = old.get(label, Thresholds()), new.get(label, Thresholds())
        if before.hold != after.hold:
            yield Change("hold", before.hold, after.hold, label, script)
        if before.reject != after.reject:
            yield Change("reject", before.reject, after.reject, label, script)


def with_thresholds(policy: Policy, script: Script | None, chosen: Mapping[Label, Thresholds]) -> Policy:
    """The policy with these thresholds, for one script or, without one, for all that have none of their own.

    A script whose threshold is that of all scripts has none of its own: it follows the others from then on.

    Raises:
        InvalidValueError: a label would reject below where it holds.
    """
    for label, pair in chosen.items():
        if pair.hold is not None and pair.reject is not None and pair.reject < pair.hold:
            raise InvalidValueError("For “{label}”, rejecting must not begin below holding.", label=label)
    if script is None:
        return replace(policy, thresholds={**policy.thresholds, **chosen})
    own = {**policy.by_script.get(script, {}), **chosen}
    differing = {label: pair for label, pair in own.items() if pair != policy.thresholds.get(label, Thresholds())}
    others = {other: labels for other, labels in policy.by_script.items() if other is not script}
    return replace(policy, by_script={**others, script: differing} if differing else others)
