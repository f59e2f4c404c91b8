"""An open card is claimed by the page itself, so that two people do not read the same comment."""

import pytest
from playwright.sync_api import Browser, Page, expect

from moderation.domain.vocabulary import State
from tests.factories import World

pytestmark = pytest.mark.browser


def _enter(world: World, page: Page, name: str) -> None:
    page.goto(f"/welcome/{world.invite(name)}")
    page.locator("input[name=password]").fill("একটি-লম্বা-পাসওয়ার্ড")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/review")


def test_a_colleague_sees_whose_comment_is_open_and_gets_it_when_that_page_is_left(
    world: World, page: Page, browser: Browser, address: str
) -> None:
    public_id = world.make_held(world.make_site())
    _enter(world, page, "Nasrin")
    page.goto(f"/review/{public_id}")
    expect(page.locator("[data-told]")).to_contain_text("মন্তব্যটি আপনার কাছে খোলা")
    context = browser.new_context(base_url=address)
    colleague = context.new_page()
    _enter(world, colleague, "Karim")
    colleague.goto(f"/review/{public_id}")
    expect(colleague.locator("[data-told]")).to_contain_text("Nasrin")
    page.goto("/review")
    colleague.reload()
    expect(colleague.locator("[data-told]")).to_contain_text("আপনার কাছে খোলা")
    context.close()


def test_a_claimed_card_is_decided_by_its_holder(world: World, page: Page) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    _enter(world, page, "Nasrin")
    page.goto(f"/review/{public_id}")
    expect(page.locator("[data-told]")).to_contain_text("আপনার কাছে খোলা")
    page.keyboard.press("a")
    page.wait_for_url("**done=*")
    assert world.status(site_id).state is State.PUBLISHED


def test_without_scripts_buttons_claim_and_give_back(world: World, browser: Browser, address: str) -> None:
    public_id = world.make_held(world.make_site())
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    _enter(world, page, "Nasrin")
    page.goto(f"/review/{public_id}")
    page.locator("form[data-unclaimed] button").click()
    expect(page.locator("[data-told]")).to_contain_text("আপনার কাছে খোলা")
    page.locator("form[data-claimed] button").click()
    page.wait_for_url("**/review")
    context.close()
