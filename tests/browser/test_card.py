"""A card in a real browser: its panels, its marked words, a note that is not lost, a comment handed to a colleague."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import World
from tests.moderation.web.dashboard.test_card import make_explained

pytestmark = pytest.mark.browser


def _enter(world: World, page: Page, name: str = "Nasrin") -> None:
    page.goto(f"/welcome/{world.invite(name)}")
    page.locator("input[name=password]").fill("একটি-লম্বা-পাসওয়ার্ড")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/review")


def _open(world: World, page: Page) -> str:
    path = f"/review/{world.make_held(world.make_site())}"
    _enter(world, page)
    page.goto(path)
    return path


def test_the_thread_and_the_author_open_beside_the_card_and_leave_its_keys_alone(world: World, page: Page) -> None:
    _open(world, page)
    page.keyboard.press("c")
    drawer = page.locator("[data-drawer]")
    expect(drawer.locator(".thread .this")).to_contain_text("তোকে মারবো")
    page.keyboard.press("u")
    expect(drawer.locator("h2").first).to_contain_text("রহিম")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.keyboard.press("c")
    expect(drawer).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_url("**done=*")


def test_a_note_on_the_author_is_taken_from_the_drawer_and_stands_in_it(world: World, page: Page) -> None:
    _open(world, page)
    page.keyboard.press("u")
    drawer = page.locator("[data-drawer]")
    drawer.locator("textarea").fill("আগে সতর্ক করা হয়েছে")
    drawer.locator("form button").click()
    expect(drawer.locator(".notes li")).to_contain_text("আগে সতর্ক করা হয়েছে")
    expect(drawer.locator("textarea")).to_have_value("")


def test_choosing_a_label_marks_its_words_without_leaving_the_card(world: World, page: Page) -> None:
    public_id = make_explained(world, world.make_site())
    _enter(world, page)
    page.goto(f"/review/{public_id}?explain=toxicity")
    expect(page.locator(".body mark.raised", has_text="idiot")).to_have_count(1)
    page.locator("[data-draft^=note]").fill("এখনও পাঠাইনি")
    page.locator("[data-explain]").nth(1).click()
    expect(page.locator("[data-explain][aria-current]")).to_contain_text("অপমান")
    expect(page.locator(".body mark.raised").first).to_be_visible()
    expect(page.locator("[data-draft^=note]")).to_have_value("এখনও পাঠাইনি")


def test_a_typed_note_outlives_a_reload_and_an_ended_session_and_is_forgotten_once_it_arrived(
    world: World, page: Page
) -> None:
    path = _open(world, page)
    note = page.locator("[data-draft^=note]")
    note.fill("সম্পাদককে ফোন করেছি")
    page.reload()
    expect(note).to_have_value("সম্পাদককে ফোন করেছি")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="alochona")
    page.locator(".notes form button").click()
    expect(page.locator(".notes [data-unsent]")).to_contain_text("আপনার লেখা এখানেই আছে")
    expect(note).to_have_value("সম্পাদককে ফোন করেছি")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto(path)
    page.locator(".notes form button").click()
    expect(page.locator(".notes li")).to_contain_text("সম্পাদককে ফোন করেছি")
    expect(note).to_have_value("")


def test_a_comment_is_handed_on_by_key_and_the_colleague_sees_by_whom_and_why(
    world: World, page: Page, browser: Browser, address: str
) -> None:
    context = browser.new_context(base_url=address)
    colleague = context.new_page()
    path = f"/review/{world.make_held(world.make_site())}"
    _enter(world, colleague, "Karim")
    _enter(world, page)
    page.bring_to_front()  # a field in a page behind another has no focus
    page.goto(f"{path}#escalate")
    expect(page.locator(".hand textarea")).to_be_focused()
    page.goto("/review")
    page.goto(path)
    page.keyboard.press("e")
    page.keyboard.type("aa নাম আছে, দেখো")
    page.locator(".hand select").select_option(label="Karim")
    page.locator(".hand button").click()
    page.wait_for_url("**/review")
    colleague.goto(path)
    handed = colleague.locator(".handed")
    expect(handed).to_contain_text("Nasrin → আপনি")
    expect(handed).to_contain_text("aa নাম আছে, দেখো")
    context.close()


def test_slurs_stay_masked_over_a_reload_until_a_key_is_held(world: World, page: Page) -> None:
    public_id = make_explained(world, world.make_site(), "fuck you, you fucking whore")
    _enter(world, page)
    page.goto(f"/review/{public_id}")
    word = page.locator(".body .slur").first
    color = "element => getComputedStyle(element).color"
    page.locator("[data-mask]").click()
    page.reload()
    assert word.evaluate(color) == "rgba(0, 0, 0, 0)"
    page.keyboard.down("m")
    assert word.evaluate(color) != "rgba(0, 0, 0, 0)"
    page.wait_for_timeout(400)
    page.keyboard.up("m")
    assert word.evaluate(color) == "rgba(0, 0, 0, 0)"
    word.focus()
    assert word.evaluate(color) != "rgba(0, 0, 0, 0)"
