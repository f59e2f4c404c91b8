"""A wave of comments that are alike, by keyboard: from the list to its card, decided as one, taken back by one key."""

import pytest
from playwright.sync_api import Page, expect

from moderation.domain.event import AuthorFacts
from moderation.domain.vocabulary import State
from tests.browser.desk import enter
from tests.factories import World

pytestmark = pytest.mark.browser

WAVE = "তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব, সাবধান হয়ে যা"


def test_a_wave_is_opened_rejected_but_for_one_and_taken_back_without_the_mouse(world: World, page: Page) -> None:
    site_id = world.make_site()
    for at in range(4):
        body = WAVE if at < 3 else f"{WAVE} ভাই"
        world.make_comment(site_id, f"c{at}", body, author=AuthorFacts(f"a{at}", f"Reader {at}"))
    world.make_comment(site_id, "alone", "তোকে মারবো")
    world.score(world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)))
    enter(world, page)
    expect(page.locator("[data-row]")).to_have_count(2)
    page.keyboard.press("a")  # does nothing to what was not seen yet
    page.keyboard.press("Enter")
    page.wait_for_url("**/alike*")
    expect(page.locator("h1")).to_contain_text("৪টি মন্তব্যে একই কথা")
    expect(page.locator("[data-ticked]")).to_have_text("৪টি বাছাই করা")
    for key in ("j", "j", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-ticked]")).to_have_text("৩টি বাছাই করা")
    world.make_held(site_id, "later", f"{WAVE}!")
    for key in ("d", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**bulk=*")
    expect(page.locator("form.done")).to_contain_text("৩টি মন্তব্য বাতিল")
    names = ("c0", "c1", "c2", "c3", "later", "alone")
    rejected, held = State.REJECTED, State.HELD
    assert [world.status(site_id, one).state for one in names] == [rejected] * 3 + [held] * 3
    decision = world.status(site_id, "c0").decision
    assert decision is not None
    assert decision["labels"] == ["toxicity", "insult", "threat"]
    page.keyboard.press("z")
    expect(page.locator(".wave")).to_contain_text("৫টি মন্তব্যে একই কথা")
    assert [world.status(site_id, one).state for one in names] == [held] * 6
