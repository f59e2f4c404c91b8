"""A moderator's first minutes in a real browser: set a password, decide by keyboard, undo."""

import pytest
from playwright.sync_api import Page, expect

from moderation.domain.vocabulary import State
from tests.factories import World

pytestmark = pytest.mark.browser


def _enter(world: World, page: Page) -> None:
    token = world.invite()
    page.goto(f"/welcome/{token}")
    page.locator("input[name=password]").fill("একটি-লম্বা-পাসওয়ার্ড")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/review")


def test_a_comment_is_published_and_taken_back_by_keyboard_alone(world: World, page: Page) -> None:
    site_id = world.make_site()
    world.make_held(site_id)
    _enter(world, page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/*")
    page.keyboard.press("a")
    page.wait_for_url("**done=*")
    assert world.status(site_id).state is State.PUBLISHED
    page.keyboard.press("z")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert world.status(site_id).state is State.HELD


def test_rejecting_takes_d_digits_and_enter(world: World, page: Page) -> None:
    site_id = world.make_site()
    public_id = world.make_held(site_id)
    _enter(world, page)
    page.goto(f"/review/{public_id}")
    for key in ("d", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**done=*")
    decision = world.status(site_id).decision
    assert decision is not None
    assert decision["labels"] == ["toxicity", "insult", "threat"]
