"""The policy page: the scores of the last days, trying places out, saving, refusing what is stale, going back."""

import re
from typing import Final

import pytest
from flask.testing import FlaskClient

from moderation.domain.policy import Breaker, Policy, Thresholds
from moderation.domain.policy_changes import with_thresholds
from moderation.domain.vocabulary import Label, Role, Script
from moderation.steps import setting_rules
from moderation.store import policies
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

SITE: Final = "khobor"
PATH: Final = f"/policy/{SITE}"
INSULT_ONLY: Final = (0.1, 0.45, 0.1, 0.1, 0.1, 0.0, 0.0)


def _english(client: FlaskClient) -> None:
    client.post("/language", data={"csrf": csrf_of(client), "language": "en"})


@pytest.fixture
def site_id(world: World) -> int:
    return world.make_site(SITE)


@pytest.fixture
def editor(world: World, client: FlaskClient, site_id: int) -> FlaskClient:
    assert site_id
    make_person(world, client, Role.EDITOR)
    return client


def _form(client: FlaskClient, **more: str) -> dict[str, str]:
    """The form of the page as a browser sends it, but for what is changed."""
    page = client.get(PATH).text
    names = dict(
        re.findall(r'<input type="range" id="[^"]+" name="([^"]+)" min="0" max="101" step="1" value="(\d+)"', page)
    )
    assert len(names) == 14
    others = {
        "others": "1",
        "hold_first_comments": "0",
        "hold_links_over": "2",
        "hold_reports_from": "3",
        "audit_share": "1",
        "mix_in": "10",
        "breaker": "1",
        "breaker_share": "60",
        "breaker_least": "30",
        "breaker_minutes": "60",
        "breaker_hold_minutes": "60",
    }
    return {"csrf": csrf_of(client, PATH), "version": "0", **names, **others, **more}


def _standing(world: World, site_id: int) -> Policy:
    with world.runtime.reading() as connection:
        return policies.rules_of(connection, [site_id])[site_id].policy


def test_without_scores_the_page_says_so_and_still_shows_the_places(editor: FlaskClient) -> None:
    page = editor.get(PATH).text
    assert "কোনো স্কোর হয়নি" in page
    assert '<output for="hold-threat">০.৪০</output>' in page
    assert "<img" not in page


def test_trying_a_lower_place_says_how_many_more_would_be_held_and_stores_nothing(
    world: World, editor: FlaskClient, site_id: int
) -> None:
    for n in range(3):
        world.make_comment(site_id, f"c{n}", f"বোকা {n}")
    world.score(world.words(বোকা=INSULT_ONLY))
    tried = editor.post(f"{PATH}/try", data=_form(editor, hold_insult="45"))
    assert tried.status_code == 200
    assert "দিনে ৩.০টি বেশি আটকাত" in tried.text
    assert "মানুষের সিদ্ধান্ত এত কম (০টি)" in tried.text
    assert '<output for="hold-insult">০.৪৫</output>' in tried.text
    assert _standing(world, site_id).version == 0


def test_the_script_hears_the_same_sentences_as_the_form(world: World, editor: FlaskClient, site_id: int) -> None:
    world.make_comment(site_id, body="বোকা")
    world.score(world.words(বোকা=INSULT_ONLY))
    _english(editor)
    answer = editor.get(f"{PATH}/told?hold_insult=45&hold_threat=101")
    assert answer.get_json()["insult"] == [
        "1.0 a day more would be held; too few of such were decided by people to say more (0)"
    ]
    assert answer.get_json()["threat"] == ["As it is: none held, none of them by this label alone"]


def test_saving_makes_a_version_and_what_was_not_moved_stays_as_exact_as_it_was(
    world: World, editor: FlaskClient, site_id: int
) -> None:
    fine = with_thresholds(Policy(), None, {Label.SPAM: Thresholds(0.455, 0.99)})
    document = policies.document_of(fine)
    setting_rules.set_policy(world.work, site_slug=SITE, document=document)
    form = _form(editor, hold_threat="35", note="ভোটের আগে", version="1", hold_links_over="", blind="1")
    saved = editor.post(PATH, data=form)
    assert saved.status_code == 303
    standing = _standing(world, site_id)
    assert standing.thresholds[Label.THREAT] == Thresholds(0.35)
    assert standing.thresholds[Label.SPAM] == Thresholds(0.455, 0.99)
    assert (standing.hold_links_over, standing.blind, standing.audit_share) == (None, True, 0.01)
    page = editor.get(saved.location).text
    assert "এখন থেকে সংস্করণ ২ কার্যকর" in page
    assert "ভোটের আগে" in page
    assert "আটকানো শুরু ০.৪০ → ০.৩৫" in page


def test_a_place_of_one_script_is_that_script_s_alone(world: World, editor: FlaskClient, site_id: int) -> None:
    form = {"csrf": csrf_of(editor, PATH), "version": "0", "script": "en", "hold_threat": "30"}
    assert editor.post(PATH, data=form).status_code == 303
    standing = _standing(world, site_id)
    assert standing.by_script[Script.ENGLISH][Label.THREAT] == Thresholds(0.3)
    assert standing.threshold(Label.THREAT, Script.BANGLA) == Policy().threshold(Label.THREAT, Script.BANGLA)
    assert standing.hold_links_over == 2


def test_saving_what_a_colleague_changed_meanwhile_is_refused_by_name_and_keeps_the_form(
    world: World, editor: FlaskClient, site_id: int
) -> None:
    form = _form(editor, hold_threat="35", note="আমার নোট")
    strict = with_thresholds(Policy(), None, {Label.THREAT: Thresholds(0.3)})
    document = policies.document_of(strict)
    setting_rules.set_policy(world.work, site_slug=SITE, document=document)
    refused = editor.post(PATH, data=form)
    assert refused.status_code == 409
    assert "operator" in refused.text
    assert "মিনিট আগে এই নীতির সংস্করণ ১ সংরক্ষণ করেছেন" in refused.text
    assert "আমার নোট" in refused.text
    assert '<output for="hold-threat">০.৩৫</output>' in refused.text
    assert _standing(world, site_id).version == 1


def test_an_old_version_is_shown_beside_the_newest_and_can_be_gone_back_to(
    world: World, editor: FlaskClient, site_id: int
) -> None:
    assert editor.post(PATH, data=_form(editor, hold_threat="35")).status_code == 303
    page = editor.get(f"{PATH}?version=0").text
    assert "মূল নীতি ও সর্বশেষ সংস্করণ পাশাপাশি" in page
    form = {"csrf": csrf_of(editor, PATH), "version": "1", "n": "0"}
    assert editor.post(f"{PATH}/restore", data=form).status_code == 303
    assert _standing(world, site_id) == Policy(version=2)


def test_masks_mixing_in_and_the_breaker_are_rules_of_the_page_too(
    world: World, editor: FlaskClient, site_id: int
) -> None:
    form = _form(editor, mask="1", mix_in="5", breaker_share="55.5", breaker_least="12")
    saved = editor.post(PATH, data=form)
    standing = _standing(world, site_id)
    assert (standing.mask, standing.mix_in) == (True, 0.05)
    assert standing.breaker == Breaker(share=0.555, least=12)
    assert "১০.০% → ৫.০%" in editor.get(saved.location).text
    without = {name: value for name, value in form.items() if name not in {"breaker", "mask"}}
    assert editor.post(PATH, data={**without, "version": "1"}).status_code == 303
    standing = _standing(world, site_id)
    assert (standing.mask, standing.breaker) == (False, None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"hold_threat": "102"}, "ফরমটি ঠিকভাবে আসেনি"),
        ({"hold_threat": "५"}, "ফরমটি ঠিকভাবে আসেনি"),
        ({"hold_threat": "60", "reject_threat": "40"}, "“হুমকি”-এর বেলায় বাতিলের সীমা"),
        ({"hold_links_over": "-1"}, "পূর্ণ সংখ্যা দিন"),
        ({"audit_share": "90"}, "শতাংশের মধ্যে"),
        ({"audit_share": "nan"}, "শতাংশের মধ্যে"),
        ({"mix_in": "51"}, "শতাংশের মধ্যে"),
        ({"breaker_share": "101"}, "শতাংশের মধ্যে"),
    ],
)
def test_what_cannot_be_is_told_and_stores_nothing(
    world: World, editor: FlaskClient, site_id: int, changed: dict[str, str], told: str
) -> None:
    refused = editor.post(PATH, data=_form(editor, **changed))
    assert refused.status_code == 422
    assert told in refused.text
    assert _standing(world, site_id).version == 0


def test_a_moderator_may_look_and_try_but_not_save(world: World, client: FlaskClient, site_id: int) -> None:
    make_person(world, client, Role.MODERATOR)
    page = client.get(PATH).text
    assert "নতুন সংস্করণ হিসেবে সংরক্ষণ করুন" not in page
    assert client.post(f"{PATH}/try", data=_form(client, hold_threat="35")).status_code == 200
    assert client.post(PATH, data=_form(client, hold_threat="35")).status_code == 403
    assert _standing(world, site_id).version == 0


def test_the_picture_is_drawn_of_what_was_scored_and_not_sent_twice(
    world: World, editor: FlaskClient, site_id: int
) -> None:
    world.make_held(site_id)
    picture = editor.get(f"{PATH}/threat.svg?script=bn")
    assert picture.content_type == "image/svg+xml; charset=utf-8"
    assert picture.text.count("<path") > 1
    assert "০.৫" in picture.text
    again = editor.get(f"{PATH}/threat.svg?script=bn", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    assert editor.get(f"{PATH}/nothing.svg").status_code == 404


def test_a_card_and_an_automatic_decision_name_the_version_that_made_them(
    world: World, editor: FlaskClient, site_id: int
) -> None:
    setting_rules.set_policy(world.work, site_slug=SITE, document={"audit_share": 0})
    public_id = world.make_held(site_id)
    world.make_comment(site_id, "c2", "শুভ সকাল")
    world.score()
    link = f'href="{PATH}?version=1#compared"'
    assert link in editor.get(f"/review/{public_id}").text
    assert link in editor.get("/decisions").text
