"""How a person gets to the desk in a browser test."""

from playwright.sync_api import Page

from moderation.domain.vocabulary import Role
from tests.factories import World

PASSWORD = "একটি-লম্বা-পাসওয়ার্ড"


def enter(world: World, page: Page, name: str = "Nasrin", role: Role = Role.MODERATOR) -> None:
    """Invites somebody, who sets a password by the one-time link and stands before the review queue."""
    come_by(page, f"/welcome/{world.invite(name, role)}")


def come_by(page: Page, link: str) -> None:
    """Sets a password by a one-time link, and waits for the review queue."""
    page.goto(link)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/review")


def fill(world: World, site_id: int, n: int) -> None:
    """Held comments ``c0`` … of the site, of one priority: they stand in order of arrival."""
    for i in range(n):
        world.make_comment(site_id, f"c{i}", f"তোকে মারবো {i}#")
    world.score(world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)))
