"""The review queue by keyboard: deciding in place, ticks, undo, loss of network and of session, two people at once."""

import re
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from moderation.domain.vocabulary import Role, State, Verdict
from moderation.steps import deciding
from tests.browser.desk import PASSWORD, enter, fill
from tests.factories import World

pytestmark = pytest.mark.browser


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site()


def _states(world: World, site_id: int, n: int) -> list[State]:
    return [world.status(site_id, f"c{i}").state for i in range(n)]


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_row_is_decided_in_place_the_next_becomes_current_and_undo_brings_it_back(
    world: World, page: Page, site_id: int
) -> None:
    fill(world, site_id, 3)
    enter(world, page)
    page.keyboard.press("a")
    expect(page.locator(".told").first).to_contain_text("প্রকাশিত")
    expect(page.locator("[data-row].here")).to_contain_text("1#")
    assert _states(world, site_id, 3) == [State.PUBLISHED, State.HELD, State.HELD]
    _press(page, "d", "2", "Enter")
    expect(page.locator(".told").nth(1)).to_contain_text("বাতিল")
    decision = world.status(site_id, "c1").decision
    assert decision is not None
    assert decision["labels"] == ["toxicity", "insult", "threat"]
    page.keyboard.press("s")
    expect(page.locator(".told").nth(2)).to_contain_text("বাতিল")
    expect(page.locator("[data-cleared]")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("z")
        expect(page.locator(".told", has_text="পাঠানো")).to_have_count(0)
    expect(page.locator("[data-row]:not(.dealt)")).to_have_count(3)
    assert _states(world, site_id, 3) == [State.HELD] * 3
    page.keyboard.press("a")
    expect(page.locator(".told").first).to_contain_text("প্রকাশিত")


def test_keys_lie_on_the_same_places_of_a_bangla_layout_and_rest_while_composing_or_typing(
    world: World, page: Page, site_id: int
) -> None:
    fill(world, site_id, 2)
    enter(world, page)
    down = "(init) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...init}))"
    page.evaluate(down, {"key": "া", "code": "KeyA", "isComposing": True})
    page.evaluate(down, {"key": "a", "code": "KeyA", "ctrlKey": True})
    page.locator("select[name=sort]").focus()
    page.evaluate(down, {"key": "a", "code": "KeyA"})
    expect(page.locator(".told")).to_have_count(0)
    page.locator("[data-open]").first.focus()
    page.evaluate(down, {"key": "া", "code": "KeyA"})
    expect(page.locator(".told").first).to_contain_text("প্রকাশিত")
    page.evaluate(down, {"key": "a", "code": "KeyQ"})
    expect(page.locator(".told").nth(1)).to_contain_text("প্রকাশিত")


def test_the_legend_shows_the_keys_and_switches_them_off_for_good(world: World, page: Page, site_id: int) -> None:
    fill(world, site_id, 1)
    enter(world, page)
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    _press(page, "a", "?")
    expect(page.locator("dialog#keys")).to_be_hidden()
    expect(page.locator(".told")).to_have_count(0)
    page.locator(".person summary").click()
    page.locator("[data-keys-open]").click()
    page.locator("[data-keys-on]").check()
    page.locator("dialog#keys button").click()
    page.locator("[data-open]").focus()
    page.keyboard.press("a")
    expect(page.locator(".told")).to_contain_text("প্রকাশিত")


def test_ticked_rows_are_rejected_together_and_taken_back_by_one_key(world: World, page: Page, site_id: int) -> None:
    fill(world, site_id, 5)
    enter(world, page)
    page.locator("[data-tick]").nth(1).click()
    page.locator("[data-tick]").nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-ticked]")).to_have_text("৩টি বাছাই করা")
    page.locator("#bulk button[value=spam]").click()
    page.wait_for_url("**bulk=*")
    expect(page.locator("form.done")).to_contain_text("৩টি মন্তব্য বাতিল")
    rejected, held = State.REJECTED, State.HELD
    assert _states(world, site_id, 5) == [held, rejected, rejected, rejected, held]
    page.keyboard.press("z")
    expect(page.locator("[data-row]")).to_have_count(5)
    assert _states(world, site_id, 5) == [held] * 5
    _press(page, "x")
    expect(page.locator("[data-ticked]")).to_have_text("১টি বাছাই করা")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-ticked]")).to_have_text("৫টি বাছাই করা")


def test_without_scripts_ticks_and_buttons_do_the_same(
    world: World, browser: Browser, address: str, site_id: int
) -> None:
    fill(world, site_id, 3)
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    enter(world, page)
    page.locator("[data-tick]").nth(0).check()
    page.locator("[data-tick]").nth(2).check()
    page.locator("#bulk button[value=publish]").click()
    page.wait_for_url("**bulk=*")
    assert _states(world, site_id, 3) == [State.PUBLISHED, State.HELD, State.PUBLISHED]
    page.locator("form.done button").click()
    page.locator("[data-act=spam]").first.click()
    page.wait_for_url("**done=*")
    assert _states(world, site_id, 3) == [State.REJECTED, State.HELD, State.HELD]
    context.close()


def test_decisions_made_without_a_network_wait_in_the_page_and_arrive_once(
    world: World, page: Page, site_id: int
) -> None:
    fill(world, site_id, 3)
    enter(world, page)
    page.context.set_offline(True)
    _press(page, "a", "s")
    expect(page.locator("[data-trouble]")).to_contain_text("নেটওয়ার্ক নেই")
    assert _states(world, site_id, 3) == [State.HELD] * 3
    page.context.set_offline(False)
    expect(page.locator(".told").nth(0)).to_contain_text("প্রকাশিত")
    expect(page.locator(".told").nth(1)).to_contain_text("বাতিল")
    expect(page.locator("[data-trouble]")).to_be_hidden()
    assert _states(world, site_id, 3) == [State.PUBLISHED, State.REJECTED, State.HELD]


def test_a_session_that_ended_is_told_and_the_decision_goes_on_after_logging_in_elsewhere(
    world: World, page: Page, site_id: int
) -> None:
    fill(world, site_id, 2)
    enter(world, page)
    with world.work() as unit:
        unit.connection.execute(text("DELETE FROM sessions"))
    page.keyboard.press("a")
    expect(page.locator("[data-trouble]")).to_contain_text("সেশন শেষ")
    with page.expect_popup() as opened:
        page.locator("[data-login]").click()
    other = opened.value
    other.locator("input[name=email]").fill("nasrin@desk.example")
    other.locator("input[name=password]").fill(PASSWORD)
    other.locator("input[name=password]").press("Enter")
    other.wait_for_url("**/review")
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator(".told").first).to_contain_text("প্রকাশিত")
    assert _states(world, site_id, 2) == [State.PUBLISHED, State.HELD]


def test_what_a_colleague_decided_first_opens_the_row_again_with_their_name(
    world: World, page: Page, site_id: int
) -> None:
    fill(world, site_id, 2)
    enter(world, page)
    seen = page.locator("[data-tick]").first.input_value().split(":")[0]
    judgement = deciding.Judgement(world.make_moderator("Karim"), Role.MODERATOR, Verdict.APPROVE)
    known = deciding.Seen(uuid.UUID(seen), 1, 1)
    deciding.decide(world.work, judgement, known, undo_seconds=20, now=world.runtime.now())
    page.keyboard.press("s")
    expect(page.locator("[data-row] .problem")).to_contain_text("Karim")
    assert _states(world, site_id, 2) == [State.PUBLISHED, State.HELD]


def test_two_people_see_whose_row_is_open_and_new_comments_wait_behind_a_bar(
    world: World, page: Page, browser: Browser, address: str, site_id: int
) -> None:
    fill(world, site_id, 2)
    enter(world, page)
    context = browser.new_context(base_url=address)
    karim = context.new_page()
    enter(world, karim, "Karim")
    karim.locator("[data-open]").first.click()
    expect(karim.locator("[data-told]")).to_contain_text("আপনার কাছে খোলা")
    world.make_held(site_id, "new", "তোকে নতুন")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-open-at]").first).to_contain_text("Karim")
    expect(page.locator("[data-news]")).to_contain_text("১টি নতুন মন্তব্য")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.keyboard.press("a")
    expect(page.locator("[data-row] .problem")).to_contain_text("Karim")
    page.keyboard.press("k")
    karim.keyboard.press("a")
    karim.wait_for_url(re.compile("done="))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".row.handled [data-open-at]")).to_contain_text("Karim প্রকাশ করেছেন")
    expect(page.locator(".row.here")).to_have_count(1)
    expect(page.locator(".row.handled.here")).to_have_count(0)
    page.locator("[data-news] a").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    context.close()


def test_skipping_hides_a_row_from_oneself_alone(world: World, page: Page, site_id: int) -> None:
    fill(world, site_id, 2)
    enter(world, page)
    page.keyboard.press("n")
    expect(page.locator(".told")).to_contain_text("ছেড়ে দিলেন")
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator(".ends button").click()
    expect(page.locator("[data-row]")).to_have_count(2)
