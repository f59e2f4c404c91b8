"""Who a site is told decided, or held a comment: what really did it, not merely who was at work.

A score above its threshold is the classifier's doing. Reports and the term list stand for themselves. Whatever else
holds is the site's own policy, and the rule is named beside it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from moderation.domain.vocabulary import Role


class Decider(StrEnum):
    """The ``kind`` in ``decided_by``."""

    MODERATOR = "moderator"
    CLASSIFIER = "classifier"
    SITE = "site"
    REPORTS = "reports"
    TERM_LIST = "term_list"
    POLICY = "policy"


Attribution = Mapping[str, str]

UNDONE: Final = "undone"
"""The rule of a comment that a person took back their decision about."""

_BY_RULE: Final = {
    "label_hold": Decider.CLASSIFIER,
    "label_reject": Decider.CLASSIFIER,
    "reports": Decider.REPORTS,
    "term_list": Decider.TERM_LIST,
    "term_list_reject": Decider.TERM_LIST,
    UNDONE: Decider.MODERATOR,
}


def by_moderator(role: Role | None = None) -> Attribution:
    """A person, by their role alone: names stay in the house."""
    return {"kind": Decider.MODERATOR.value, **({"role": role.value} if role else {})}


def by_rule(rule: str | None, bundle: str | None = None) -> Attribution:
    """What the decisive rule stands for; without one nothing objected, and the classifier let the comment through."""
    kind = _BY_RULE.get(rule, Decider.POLICY) if rule else Decider.CLASSIFIER
    if kind is Decider.CLASSIFIER and bundle:
        return {"kind": kind.value, "bundle": bundle}
    if kind is Decider.POLICY and rule:
        return {"kind": kind.value, "rule": rule}
    return {"kind": kind.value}


def by_reasons(reasons: Iterable[Mapping[str, Any]], bundle: str | None = None) -> Attribution:
    """The same for reasons as a site is told them, the decisive one first."""
    return by_rule(next((str(reason["rule"]) for reason in reasons), None), bundle)
