"""The report as its reader sees it: a page that stands alone, whatever is quoted in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from classifiers import load_bundle
from classifiers.training import CurvePoint, Example
from moderation.domain.policy import Policy
from moderation.domain.vocabulary import Action
from moderation.settings import Settings
from moderation.steps import retraining_report
from moderation.steps.gating import Sets, judge_bundle
from moderation.steps.outcome_changes import Change, Changes
from moderation.steps.retraining_report import Told
from tests.gold import GOOD, HARMFUL
from tests.moderation.steps.retraining_report.test_quoting import HOSTILE

OFFERED = [*HOSTILE, "\u202eelif.exe", "ভালো খবর", "ক" + "\u0981" * 90, "দীর্ঘ " * 5_000]


@pytest.fixture(scope="module")
def told() -> Told:
    starter = load_bundle(Settings(None, None, ("k",)).starter_bundle)
    gold = [Example(text, (value, *[None] * 6)) for value, texts in ((0.0, GOOD), (1.0, HARMFUL)) for text in texts]
    changes = [
        Change("khobor", f"c{number}", text, before, after, "toxicity", 0.2, 0.8)
        for before, after in ((Action.PUBLISH, Action.HOLD), (Action.HOLD, Action.PUBLISH))
        for number, text in enumerate(OFFERED)
    ]
    return Told(
        "<b>desk</b>",
        "starter",
        "starter",
        datetime(2026, 11, 24, tzinfo=UTC),
        [("Examples learned from", 1_234)],
        judge_bundle(starter, starter, Sets(gold, [], [], [], Policy())),
        Changes(5_000, changes),
        [CurvePoint(0, 0.8, 0.8), CurvePoint(100, 0.9, 0.85)],
    )


def test_the_page_holds_its_pictures_and_asks_for_nothing(told: Told, tmp_path: Path) -> None:
    with retraining_report.written(tmp_path / "report", told) as page:
        content = page.read_text(encoding="utf-8")
    assert "<script" not in content
    assert "<b>desk" not in content
    assert content.count('src="data:image/png;base64,') == 6
    assert content.count("<img") == 6
    assert "1,234" in content
    names = {path.name for path in page.parent.iterdir()}
    assert {"report.html", "report.md", "banglacheck.png", "learning-curve.png", "confusion.png"} <= names


def test_both_ways_of_change_are_listed_with_their_counts(told: Told, tmp_path: Path) -> None:
    with retraining_report.written(tmp_path / "report", told) as page:
        for content in (page.read_text(encoding="utf-8"), (page.parent / "report.md").read_text(encoding="utf-8")):
            assert f"published now, held then: {len(OFFERED)}" in content
            assert f"held now, published then: {len(OFFERED)}" in content


def test_a_second_report_of_the_same_name_overwrites_nothing(told: Told, tmp_path: Path) -> None:
    with retraining_report.written(tmp_path / "report", told):
        pass
    with pytest.raises(FileExistsError), retraining_report.written(tmp_path / "report", told):
        pass
    assert (tmp_path / "report" / "report.html").exists()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1_100, "light")])
def test_it_reads_on_a_phone_and_at_a_desk_offline(
    told: Told, tmp_path: Path, browser: Browser, width: int, scheme: Literal["dark", "light"]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    with retraining_report.written(tmp_path / "report", told) as path:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("td.text a, td.text script, td.text b").count() == 0
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert page.locator("h1").bounding_box() is not None
    context.close()
    assert wrong == []
