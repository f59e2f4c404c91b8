"""A policy as people write it: a JSON document, checked to the last field before it is stored."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from moderation.domain.audit import LARGEST_MIX, LARGEST_SHARE
from moderation.domain.errors import Fault, InvalidValueError
from moderation.domain.vocabulary import Label, Script

_LABELS: Final = frozenset(label.value for label in Label)
_SCRIPTS: Final = frozenset(script.value for script in Script)
_COUNTS: Final = frozenset({"hold_first_comments", "hold_links_over", "hold_reports_from"})
_FIELDS: Final = _COUNTS | {"thresholds", "by_script", "audit_share", "blind", "mask", "mix_in", "breaker"}
_BREAKER: Final = {"least": (5, 10_000), "minutes": (5, 1_440), "hold_minutes": (5, 1_440)}
"""The least and the most of each count of the breaker; a few comments are no share of anything."""
_MOST: Final = 1_000_000


def checked(document: object) -> dict[str, Any]:
    """The document itself, once every field of it is sound.

    Raises:
        InvalidValueError: with a fault for each field that is not.
    """
    faults = list(_faults(document))
    if faults or not isinstance(document, dict):
        first = faults[0]
        raise InvalidValueError(f"The policy cannot be used: {first.pointer or 'it'} {first.detail}", faults)
    return document


def _faults(document: object) -> Iterator[Fault]:
    if not isinstance(document, dict):
        yield Fault("", "not_an_object", "must be a JSON object.")
        return
    yield from _unknown("", document, _FIELDS)
    yield from _threshold_faults("/thresholds", document.get("thresholds", {}))
    by_script = document.get("by_script", {})
    if not isinstance(by_script, dict):
        yield Fault("/by_script", "not_an_object", "must be a JSON object.")
        return
    yield from _unknown("/by_script", by_script, _SCRIPTS)
    for script, labels in by_script.items():
        yield from _threshold_faults(f"/by_script/{script}", labels)
    for name in sorted(_COUNTS & document.keys()):
        yield from _count_faults(name, document[name])
    yield from _audit_faults(document)
    yield from _breaker_faults(document.get("breaker"))


def _unknown(pointer: str, given: Mapping[object, object], known: frozenset[str]) -> Iterator[Fault]:
    for name in given:
        if name not in known:
            yield Fault(f"{pointer}/{name}", "unknown_field", f"is unknown; known are {', '.join(sorted(known))}.")


def _threshold_faults(pointer: str, labels: object) -> Iterator[Fault]:
    if not isinstance(labels, dict):
        yield Fault(pointer, "not_an_object", "must be a JSON object.")
        return
    yield from _unknown(pointer, labels, _LABELS)
    for label, pair in labels.items():
        yield from _pair_faults(f"{pointer}/{label}", pair)


def _pair_faults(pointer: str, pair: object) -> Iterator[Fault]:
    if not isinstance(pair, dict):
        yield Fault(pointer, "not_an_object", 'must be an object like {"hold": 0.6, "reject": null}.')
        return
    yield from _unknown(pointer, pair, frozenset({"hold", "reject"}))
    wrong = [name for name in ("hold", "reject") if not _is_share(pair.get(name))]
    for name in wrong:
        yield Fault(f"{pointer}/{name}", "out_of_range", "must be a number from 0 to 1, or null for never.")
    hold, reject = pair.get("hold"), pair.get("reject")
    if not wrong and hold is not None and reject is not None and reject < hold:
        yield Fault(f"{pointer}/reject", "below_hold", "must not be lower than the threshold to hold.")


def _is_share(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1)


def _count_faults(name: str, value: object) -> Iterator[Fault]:
    if value is None and name != "hold_first_comments":
        return
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
        yield Fault(f"/{name}", "out_of_range", f"must be a whole number from 0 to {_MOST}.")


def _audit_faults(document: Mapping[str, object]) -> Iterator[Fault]:
    share = document.get("audit_share", 0)
    if share is None or not _is_share(share) or float(str(share)) > LARGEST_SHARE:
        yield Fault("/audit_share", "out_of_range", f"must be a number from 0, for no audit, to {LARGEST_SHARE}.")
    mix_in = document.get("mix_in", 0)
    if mix_in is None or not _is_share(mix_in) or float(str(mix_in)) > LARGEST_MIX:
        yield Fault("/mix_in", "out_of_range", f"must be a number from 0, for none, to {LARGEST_MIX}.")
    for name in ("blind", "mask"):
        if not isinstance(document.get(name, False), bool):
            yield Fault(f"/{name}", "not_a_boolean", "must be true or false.")


def _breaker_faults(breaker: object) -> Iterator[Fault]:
    if breaker is None:
        return
    if not isinstance(breaker, dict):
        yield Fault("/breaker", "not_an_object", 'must be null, or an object like {"share": 0.6, "least": 30}.')
        return
    yield from _unknown("/breaker", breaker, frozenset({"share", *_BREAKER}))
    share = breaker.get("share", 1)
    if not _is_share(share) or not share:
        yield Fault("/breaker/share", "out_of_range", "must be a number above 0 and up to 1.")
    for name, (least, most) in _BREAKER.items():
        value = breaker.get(name, least)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield Fault(f"/breaker/{name}", "out_of_range", f"must be a whole number from {least} to {most}.")
