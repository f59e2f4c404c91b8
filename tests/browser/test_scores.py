"""The policy's sliders and the range drawn on the plot of held comments, in a real browser."""

import re

from playwright.sync_api import Page, expect

from moderation.domain.vocabulary import State
from moderation.store import policies
from tests.browser.desk import enter
from tests.factories import World


def _vector(threat: float) -> tuple[float, ...]:
    return (0.1, 0.1, 0.1, 0.1, threat, 0.0, 0.0)


def test_sliders_tell_at_once_and_a_drawn_range_is_decided_and_taken_back(world: World, page: Page) -> None:
    site_id = world.make_site()
    with world.work() as unit:
        document = {"audit_share": 0, "thresholds": {"threat": {"hold": 0.5}}}
        policies.save(unit.connection, site_id, document, author="test", note="")
    for n, body in enumerate(("শূন্য", "এক", "দুই", "তিন")):
        world.make_comment(site_id, f"c{n}", f"{body} নম্বর")
    world.score(world.words(শূন্য=_vector(0.45), এক=_vector(0.55), দুই=_vector(0.75), তিন=_vector(0.95)))
    enter(world, page)

    page.goto("/policy/khobor")
    threat = page.locator("[data-place=threat]")
    slider = threat.locator("#hold-threat")
    for _ in range(5):
        slider.press("ArrowLeft")
    expect(threat.locator("output[for=hold-threat]")).to_have_text("০.৪৫")
    assert slider.get_attribute("aria-valuetext") == "০.৪৫"
    expect(threat.locator("[data-told]")).to_contain_text("দিনে ১.০টি বেশি আটকাত")
    expect(threat.locator(".mark.hold")).to_be_attached()

    page.goto("/review/scores?label=threat")
    box = page.locator("[data-plot]").bounding_box()
    assert box is not None

    def at(score: float) -> float:
        return box["x"] + box["width"] * score / 1.01

    page.mouse.move(at(0.5), box["y"] + 20)
    page.mouse.down()
    page.mouse.move(at(0.8), box["y"] + 40, steps=3)
    page.mouse.up()
    page.wait_for_url(re.compile("low=50&high=80"))
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(2)
    rows.nth(0).locator("[data-tick]").uncheck()
    expect(page.locator("[data-ticked]")).to_contain_text("১")
    page.locator("#bulk button[value=publish]").click()
    expect(page.locator(".done")).to_contain_text("১টি মন্তব্য প্রকাশিত")
    assert [world.status(site_id, f"c{n}").state for n in (1, 2, 3)] == [State.HELD, State.PUBLISHED, State.HELD]
    page.keyboard.press("z")
    expect(page.locator(".done")).to_have_count(0)
    expect(rows).to_have_count(2)
