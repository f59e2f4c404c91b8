"""The command palette, keys of one's own, and what was typed outliving trouble: in a browser, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from moderation.domain.vocabulary import Role, State
from tests.browser.desk import PASSWORD, enter, fill
from tests.factories import World

pytestmark = pytest.mark.browser
_DOWN = (
    "([key, init]) => document.activeElement.dispatchEvent("
    "new KeyboardEvent('keydown', {bubbles: true, cancelable: true, key, ...init}))"
)


def test_pages_acts_and_comments_are_reached_through_the_palette(world: World, page: Page) -> None:
    site_id = world.make_site()
    fill(world, site_id, 2)
    enter(world, page)
    palette, chosen = page.locator("#palette"), page.locator("#palette [aria-selected=true]")
    page.keyboard.press("Control+k")
    expect(page.locator("[data-palette-field]")).to_be_focused()
    page.keyboard.type("spam")
    expect(chosen).to_have_attribute("data-palette-act", "spam")
    page.evaluate(_DOWN, ["Enter", {"isComposing": True}])
    expect(palette).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".told").first).to_contain_text("বাতিল")
    assert world.status(site_id, "c0").state is State.REJECTED

    page.locator("[data-row]:not(.dealt) [data-open]").focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("কিছুই নয় এমন")
    expect(page.locator("[data-palette-told]")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator("[data-row]:not(.dealt) [data-open]")).to_be_focused()

    page.evaluate(_DOWN, ["ক", {"code": "KeyK", "ctrlKey": True}])
    page.keyboard.type("c1")
    expect(chosen.locator("small")).to_contain_text("মন্তব্য")
    field = page.locator("[data-palette-field]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/*")
    page.keyboard.press("Control+k")
    page.keyboard.type("খুঁজুন")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    expect(page.locator("main input[type=search]")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("main input[type=search]")).to_be_focused()


def test_a_key_of_ones_own_does_the_act_and_the_former_key_does_nothing(world: World, page: Page) -> None:
    site_id = world.make_site()
    fill(world, site_id, 1)
    enter(world, page)
    page.goto("/account")
    field = page.locator("input[name=publish]")
    field.focus()
    page.evaluate(_DOWN, ["প", {"code": "KeyP"}])
    expect(field).to_have_value("p")
    field.press("Enter")
    page.wait_for_url("**done=keys")
    page.goto("/review")
    expect(page.locator("[data-act=publish] kbd")).to_have_text("p")
    for key in ("a", "f"):
        page.keyboard.press(key)
    expect(page.locator(".told")).to_have_count(0)
    page.keyboard.press("p")
    expect(page.locator(".told")).to_contain_text("প্রকাশিত")


def test_what_was_typed_into_any_form_outlives_a_lost_network_and_an_ended_session(world: World, page: Page) -> None:
    world.make_site()
    page.goto(f"/welcome/{world.invite('Nasrin', Role.EDITOR)}")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/review")
    page.goto("/holding")
    reason, told = page.locator("input[name=reason]"), page.locator("[data-typed]")
    reason.fill("নির্বাচনের রাত")
    page.context.set_offline(True)
    reason.press("Enter")
    expect(told).to_contain_text("নেটওয়ার্ক নেই")
    page.context.set_offline(False)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="alochona")
    reason.press("Enter")
    expect(told).to_contain_text("সেশন শেষ হয়েছে")
    expect(told.locator("a")).to_be_visible()
    expect(reason).to_have_value("নির্বাচনের রাত")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    reason.press("Enter")
    expect(page.locator("section.card")).to_contain_text("নির্বাচনের রাত")
