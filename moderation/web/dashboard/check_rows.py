"""Every check of a policy as rows of a table, those that did not run among them: no silence is taken for a yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from moderation.domain.policy import BANNED_RULE, MARK_RULE, SUSPENDED_RULE
from moderation.domain.vocabulary import Label

_BELOW: Final = "new_author"
"""The one rule that fires below its threshold, not from it on."""
_RULES: Final = (
    SUSPENDED_RULE,
    "everything_held",
    "story_held",
    "new_author",
    "links",
    "reports",
    "term_list",
    "edited_after_rejection",
    "too_long_to_score",
)
_SAME: Final = {
    BANNED_RULE: SUSPENDED_RULE,
    "term_list_reject": "term_list",
    MARK_RULE: "term_list",
}
"""One check goes by another name where it finds more."""
_RESULTS: Final = {"publish": "found_nothing", "hold": "holds", "reject": "rejects"}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """``name`` is a label or a rule; ``result`` one of found_nothing, marks, holds, rejects, not_run."""

    name: str
    value: float | None
    threshold: float | None
    below: bool
    detail: str
    result: str
    is_score: bool = True
    """A probability; all other values are counts."""


def check_rows(checks: Sequence[Mapping[str, Any]]) -> list[CheckRow]:
    """The checks in their order, the decisive one first, then what a policy could check and this one did not."""
    ran = [_row(check) for check in checks]
    names = {_SAME.get(row.name, row.name) for row in ran}
    missing = [name for name in (*(label.value for label in Label), *_RULES) if name not in names]
    return ran + [CheckRow(name, None, None, below=False, detail="", result="not_run") for name in missing]


def _row(check: Mapping[str, Any]) -> CheckRow:
    return CheckRow(
        name=check.get("label") or check["rule"],
        value=check.get("value"),
        threshold=check.get("threshold"),
        below=check["rule"] == _BELOW,
        detail=check.get("detail") or "",
        result="marks" if check["rule"] == MARK_RULE else _RESULTS.get(check["action"], check["action"]),
        is_score=bool(check.get("label")),
    )
