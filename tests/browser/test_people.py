"""What a script does on the pages of people: it copies a link that is shown once."""

import re

import pytest
from playwright.sync_api import Page, expect

from moderation.domain.vocabulary import Role
from tests.factories import World

pytestmark = pytest.mark.browser


def test_a_one_time_link_is_copied_by_its_button(world: World, page: Page) -> None:
    world.make_site("khobor")
    page.goto(f"/welcome/{world.invite('Nasrin', Role.ADMINISTRATOR)}")
    page.fill("input[name=password]", "একটি-লম্বা-পাসওয়ার্ড")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/people")
    page.fill("input[name=email]", "new@desk.example")
    page.locator("form[action$=invite] button").click()
    button = page.locator("[data-copy]")
    button.click()
    expect(button).to_have_text("কপি হয়েছে")
    assert re.search(r"/welcome/[\w-]{20,}$", page.evaluate("navigator.clipboard.readText()"))
