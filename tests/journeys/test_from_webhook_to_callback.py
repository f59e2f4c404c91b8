"""A comment's whole way through the running service, from the signed webhook to the signed callback."""

import re
import time
from pathlib import Path

import pytest
import urllib3
from playwright.sync_api import Browser

from moderation.demo.discussion import load_discussion
from moderation.demo.memory import Heard
from tests.gold import gold_file, small_desk
from tests.journeys.service import UNDO_SECONDS, Service

TAKEN_UP_WITHIN = 5.0
"""Seconds in which running processes take up a promoted bundle, as the documents promise."""


def test_the_sample_discussion_is_decided_and_the_site_hears_of_every_comment(service: Service) -> None:
    sample = [comment.id for comment in load_discussion().comments]
    service.wait_until_heard(sample, 30)
    first = {one: _of_version(service, one, 1) for one in sample}
    held = {one for one in sample if first[one].callback.type == "comment.held"}
    rejected = {one for one in sample if first[one].callback.data.verdict == "reject"}
    assert 5 <= len(held) <= 40
    assert all(first[one].callback.data.verdict == "approve" for one in set(sample) - held - rejected)
    assert all("spam" in first[one].callback.data.labels for one in rejected)
    for one in held:
        assert first[one].callback.data.reasons
        if service.status(one)["state"] == "held":
            assert {heard.callback.type for heard in service.heard_of(one)} == {"comment.held"}


def test_a_callback_that_nobody_signed_is_refused_by_the_receiver_and_leaves_no_line(service: Service) -> None:
    body = b'{"type": "comment.decided", "data": {"comment_id": "forged"}}'
    headers = {"webhook-id": "msg_forged", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
    url = f"http://127.0.0.1:{service.demo.receiver_port}/callbacks"
    assert urllib3.request("POST", url, body=body, headers=headers).status == 401
    assert service.heard_of("forged") == []


@pytest.mark.browser
def test_what_a_person_publishes_in_the_browser_reaches_the_site_after_the_grace_period(
    service: Service, browser: Browser
) -> None:
    link = re.search(r"http://\S+/welcome/\S+", service.printed)
    assert link is not None
    context = browser.new_context()
    page = context.new_page()
    page.goto(link[0])
    page.locator("input[name=password]").fill("একটি-লম্বা-পাসওয়ার্ড")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/review")
    # One that the site knows to be held: agreeing about one that was drawn for a blind look tells the site nothing.
    held = next(one.callback.data for one in service.heard() if one.callback.type == "comment.held")
    page.goto(f"{service.base_url}/review/{service.status(held.comment_id)['id']}")
    pressed = time.time()
    page.keyboard.press("a")
    page.wait_for_url("**done=*")
    context.close()
    service.wait_until(lambda: bool(_by_people(service)), 30, "the receiver has heard of the person's decision")
    (heard,) = _by_people(service)
    told = heard.callback.data
    assert (heard.callback.type, told.verdict, told.state) == ("comment.decided", "approve", "published")
    assert heard.at.timestamp() - pressed >= UNDO_SECONDS
    assert _of_version(service, told.comment_id, told.version - 1).callback.type == "comment.held"
    status = service.status(told.comment_id)
    assert (status["state"], status["version"]) == ("published", told.version)


def test_a_promoted_bundle_is_taken_up_by_the_running_processes(service: Service, tmp_path: Path) -> None:
    running = {process.pid for process in service.processes()}
    service.answer("gold", "import", str(gold_file(tmp_path)))
    made = service.answer("retrain", str(small_desk(tmp_path)), "--without-decisions", "--promote")
    assert made["gate"]["allowed"]
    time.sleep(TAKEN_UP_WITHIN)
    assert _scored_by(service, "promoted") == {made["bundle"]}
    assert running <= {process.pid for process in service.processes()}


def _of_version(service: Service, comment_id: str, version: int) -> Heard:
    (heard,) = [one for one in service.heard_of(comment_id) if one.callback.data.version == version]
    return heard


def _by_people(service: Service) -> list[Heard]:
    return [one for one in service.heard() if one.callback.data.decided_by and one.callback.data.decided_by.role]


def _scored_by(service: Service, name: str) -> set[str]:
    """The bundles that score a few new comments, of which each worker process gets some."""
    texts = {f"{name}-{n}": f"চমৎকার লেখা, ধন্যবাদ {n}" for n in range(6)}
    service.post(texts)
    service.wait_until_heard(texts, 30)
    return {service.status(one)["bundle"] for one in texts}
