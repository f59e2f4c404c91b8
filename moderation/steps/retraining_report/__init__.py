"""The report of a retraining, in HTML and Markdown, for the person who decides on the promotion: the verdict first.

The page in HTML stands alone: its pictures and style are in it, it runs no script and asks for nothing from anywhere.
"""

import base64
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from classifiers.training import Tested
from moderation.domain.vocabulary import Action
from moderation.steps.outcome_changes import Change
from moderation.steps.retraining_report import pictures, quoting
from moderation.steps.retraining_report.pictures import Picture
from moderation.steps.retraining_report.told import Told

__all__ = ["Told", "written"]

_SHOWN: Final = 100
"""Comments listed of each kind of change; all are counted."""
_ORDER: Final = {"worse": 0, "unsure": 1, "not worse": 2}
_SETS: Final = {
    "gold": "gold set", "audit": "random labels", "held_out": "held-out part", "banglacheck": "BanglaCheck",
}  # fmt: skip
_ACTIONS: Final = {Action.PUBLISH: "published", Action.HOLD: "held", Action.REJECT: "rejected"}


@contextmanager
def written(folder: Path, told: Told) -> Iterator[Path]:
    """Writes the report and gives the path of its page; it is taken away again if the block does not end well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    try:
        drawn = pictures.draw(told)
        facts = _facts(told, drawn)
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"plain": quoting.plain, "inlined": _inlined}
        (folder / "report.html").write_text(environment.get_template("page.html.jinja").render(facts), encoding="utf-8")
        # Markdown is no HTML: each text goes through ``md``, which leaves no character of it as syntax.
        plain = environment.overlay(autoescape=False)
        plain.filters["md"] = quoting.markdown
        (folder / "report.md").write_text(plain.get_template("page.md.jinja").render(facts), encoding="utf-8")
        for one in drawn:
            (folder / f"{one.name}.png").write_bytes(one.png["light"])
        yield folder / "report.html"
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _inlined(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _facts(told: Told, drawn: Sequence[Picture]) -> Mapping[str, Any]:
    tested = [one for one in told.judged.verdict.tests if one.difference is not None]
    slices = sorted((one for one in tested if not one.is_whole), key=lambda one: _ORDER[one.finding])
    return {
        "told": told,
        "verdict": told.judged.verdict,
        "whole": [_row(one) for one in tested if one.is_whole],
        "fallen": [_row(one) for one in slices if one.finding != "not worse"],
        "steady": [_row(one) for one in slices if one.finding == "not worse"],
        "too_few": [_row(one) for one in told.judged.verdict.tests if one.difference is None],
        "functionalities": _functionalities(told),
        "changes": _changes(told),
        "pictures": drawn,
        "shown": _SHOWN,
    }


def _row(one: Tested) -> Mapping[str, Any]:
    difference = one.difference
    figures = {} if difference is None else {
        "before": f"{abs(difference.before):.3f}",
        "after": f"{abs(difference.after):.3f}",
        "bounds": f"{difference.low:+.3f} to {difference.high:+.3f}",
    }  # fmt: skip
    return {
        "set": _SETS[one.kind],
        "measure": {"auc": "AUC", "gap": "AUC gap", "right": "rightly treated"}.get(one.measure, one.measure),
        "label": one.label or "all",
        "script": one.script or "all",
        "group": one.group or one.functionality or "all",
        "rows": f"{one.rows:,}",
        "margin": f"{one.margin:.2f}",
        "finding": one.finding,
        **figures,
    }


def _functionalities(told: Told) -> list[Mapping[str, str]]:
    before, after = told.judged.check.before.functionalities, told.judged.check.after.functionalities
    return [
        {
            "name": name,
            "expected": each.expected,
            "cases": str(each.all.cases),
            "before": f"{before[name].all.value:.0%}",
            "after": f"{each.all.value:.0%}",
            "change": f"{each.all.value - before[name].all.value:+.0%}",
        }
        for name, each in after.items()
    ]


def _changes(told: Told) -> list[Mapping[str, Any]]:
    """For each way that an outcome goes: how many go it, and those whose score moved most."""
    found: list[Mapping[str, Any]] = []
    for before, after in sorted(told.changes.counts):
        mine = [one for one in told.changes.all if (one.before, one.after) == (before, after)]
        title = f"{_ACTIONS[before]} now, {_ACTIONS[after]} then"
        found.append({"title": title, "count": f"{len(mine):,}", "rows": [_changed(one) for one in mine[:_SHOWN]]})
    return found


def _changed(one: Change) -> Mapping[str, str]:
    scores = "" if one.score_before is None else f"{one.score_before:.2f} → {one.score_after:.2f}"
    return {"site": one.site, "comment": one.comment, "text": one.text, "why": one.why, "scores": scores}
