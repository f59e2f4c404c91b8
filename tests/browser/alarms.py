"""Watches a page for anything that would show that a text was run, or that it reaches over the window's edge."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Dialog, Page, Request

_SCRIPT: Final = Path(__file__).with_name("alarms.js").read_text(encoding="utf-8")


class Alarms:
    """Dialogs, requests to elsewhere, new windows, new globals, and what the browser itself complains of."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._address = address
        self._heard: list[str] = []
        page.add_init_script(_SCRIPT)
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self._heard.append(f"error: {error}"))
        page.on("popup", lambda popup: self._heard.append(f"popup: {popup.url}"))
        page.on("request", self._request)
        page.goto("/account")
        self._usual = page.evaluate("Object.keys(window)")

    def _dialog(self, dialog: Dialog) -> None:
        self._heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._address}/", "data:,")):
            self._heard.append(f"asked: {request.url}")

    def look_at(self, path: str) -> None:
        """Opens a page, and checks it."""
        self._page.goto(path)
        self.check(path)

    def check(self, where: str) -> None:
        """Fails where something was heard, stands where it should not, or makes the page scroll sideways."""
        found = self._page.evaluate(
            """usual => [...alarms.seen, ...alarms.strangers(),
                ...Object.keys(window).filter(name => !usual.includes(name)).map(name => `global: ${name}`),
                ...(document.documentElement.scrollWidth > innerWidth ? ['wider than the window'] : [])]""",
            self._usual,
        )
        assert [*self._heard, *found] == [], where

    def rows(self) -> list[dict[str, Any]]:
        """What the page shows of each comment; see ``alarms.js``."""
        found: list[dict[str, Any]] = self._page.evaluate("alarms.rows()")
        return found
