"""The term lists page: lists by site, changing one, its history, and trying it out before it counts."""

from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from moderation.domain.term_lists import Hit
from moderation.domain.vocabulary import ListAction, Role
from moderation.store.schema import TermListVersion
from moderation.web.dashboard.term_lists import VERSIONS_SHOWN, pieces
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person

SITE: Final = "khobor"


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _form(client: FlaskClient, path: str, **more: str) -> dict[str, str]:
    return {"csrf": csrf_of(client, path), "version": "1", "terms": "শালা", "action": "hold", **more}


def _versions(world: World) -> int:
    with world.runtime.reading() as connection:
        return connection.execute(select(func.count()).select_from(TermListVersion)).scalar_one()


@pytest.fixture
def path(world: World, client: FlaskClient) -> str:
    """The page of a list of one term, before an editor."""
    site_id = world.make_site(SITE)
    make_person(world, client, Role.EDITOR)
    return f"/terms/{SITE}/{world.make_term_list(site_id)}"


def test_without_a_list_the_page_says_how_to_begin(world: World, client: FlaskClient) -> None:
    world.make_site()
    make_person(world, client, Role.EDITOR)
    assert "শুধু চিহ্নিত করে এমন তালিকা দিয়ে শুরু করুন" in _page(client, "/terms")


def test_a_new_list_is_made_empty_and_then_filled(world: World, client: FlaskClient) -> None:
    world.make_site(SITE)
    make_person(world, client, Role.EDITOR)
    form = {"csrf": csrf_of(client, "/terms"), "name": "গালি", "action": "mark"}
    made = client.post(f"/terms/{SITE}", data=form)
    assert made.status_code == 303
    saved = client.post(made.location, data=_form(client, made.location, terms="শালা | প্রত্যয়\nkhanki", note="প্রথম"))
    assert saved.status_code == 303
    page = _page(client, saved.location)
    assert "এখন থেকে সংস্করণ ২ কার্যকর" in page
    assert "শালা | প্রত্যয়\nkhanki</textarea>" in page
    assert "প্রথম" in page
    assert "Nasrin" in page
    again = client.post(f"/terms/{SITE}", data=form)
    assert again.status_code == 409
    assert "“গালি” নামে একটি তালিকা আছে" in again.get_data(as_text=True)


def test_what_cannot_be_saved_is_said_by_line_and_stays_in_the_form(
    world: World, client: FlaskClient, path: str
) -> None:
    answer = client.post(path, data=_form(client, path, terms="শালা\nবাল | পুরো", note="কেন"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "লাইন ২: “পুরো”" in page
    assert "বাল | পুরো</textarea>" in page
    assert 'value="কেন"' in page
    assert _versions(world) == 1


def test_a_list_that_a_colleague_changed_meanwhile_is_kept_and_so_is_what_was_typed(
    world: World, client: FlaskClient, path: str
) -> None:
    client.post(path, data=_form(client, path, terms="কুত্তা"))
    answer = client.post(path, data=_form(client, path, terms="মাগি"))
    assert answer.status_code == 409
    assert "কেউ তালিকাটি বদলেছেন" in answer.get_data(as_text=True)
    assert "মাগি</textarea>" in answer.get_data(as_text=True)
    assert "কুত্তা</textarea>" in _page(client, path)
    assert _versions(world) == 2


def test_an_old_version_stands_beside_the_newest_and_can_be_gone_back_to(
    world: World, client: FlaskClient, path: str
) -> None:
    client.post(path, data=_form(client, path, terms="কুত্তা"))
    page = _page(client, f"{path}?version=1")
    assert "<ins><bdi>কুত্তা</bdi></ins>" in page
    assert "<del><bdi>শালা</bdi></del>" in page
    form = {"csrf": csrf_of(client, path), "version": "2", "n": "1", "note": "ফিরলাম"}
    assert client.post(f"{path}/restore", data=form).status_code == 303
    page = _page(client, path)
    assert "শালা</textarea>" in page
    assert "ফিরলাম" in page
    assert client.post(f"{path}/restore", data=form).status_code == 409
    assert _versions(world) == 3


def test_a_long_history_goes_on_behind_a_link(client: FlaskClient, path: str) -> None:
    for n in range(1, VERSIONS_SHOWN + 2):
        client.post(path, data=_form(client, path, terms="শালা" + "কখ" * n, version=str(n)))
    assert "?before=3#history" in _page(client, path)
    assert "?version=2#compared" in _page(client, f"{path}?before=3")


def test_a_sentence_is_tried_with_the_list_in_the_form_and_stores_nothing(
    world: World, client: FlaskClient, path: str
) -> None:
    form = _form(client, path, terms="কুত্তা", sentence="ওই কুত্তাদের <b>ধর</b>")
    answer = client.post(f"{path}/try", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<mark class="hit hold">কুত্তাদের</mark> &lt;b&gt;ধর&lt;/b&gt;' in page
    assert "“দের” প্রত্যয়সহ" in page
    assert "কুত্তা</textarea>" in page
    assert "এতে কিছু ধরা পড়েনি" in client.post(f"{path}/try", data={**form, "sentence": "পাঠশালা"}).get_data(as_text=True)
    assert client.post(f"{path}/try", data={**form, "terms": "ক | কী"}).status_code == 422
    assert _versions(world) == 1


def test_published_comments_that_would_be_hit_are_shown_with_links_to_their_cards(
    world: World, client: FlaskClient, path: str
) -> None:
    public_id = world.make_comment(world.sites[SITE], "c1", "তুই একটা কুত্তা")
    world.make_comment(world.sites[SITE], "c2", "শুভ সকাল")
    world.make_comment(world.make_site("other"), "c3", "কুত্তা")
    world.score()
    page = client.post(f"{path}/try", data=_form(client, path, terms="কুত্তা", below="0")).get_data(as_text=True)
    assert "প্রকাশিত ১টি মন্তব্য ধরা পড়ত" in page
    assert "২টি দেখা হয়েছে" in page
    assert f"/review/{public_id}" in page
    assert "গত ৩০ দিনের সব মন্তব্য দেখা হয়েছে" in page
    none = client.post(f"{path}/try", data=_form(client, path, terms="মাগি", below="0")).get_data(as_text=True)
    assert "প্রকাশিত কোনো মন্তব্য ধরা পড়ত না" in none


def test_who_may_only_read_tries_but_changes_nothing(world: World, client: FlaskClient) -> None:
    site_id = world.make_site(SITE)
    list_id = world.make_term_list(site_id)
    make_person(world, client, Role.VIEWER)
    path = f"/terms/{SITE}/{list_id}"
    page = _page(client, path)
    assert "readonly" in page
    assert ">সংরক্ষণ করুন<" not in page
    assert client.post(path, data=_form(client, path)).status_code == 403
    assert client.post(f"/terms/{SITE}", data=_form(client, path, name="x")).status_code == 403
    assert client.post(f"{path}/restore", data=_form(client, path, n="1")).status_code == 403
    assert client.post(f"{path}/try", data=_form(client, path, sentence="শালা")).status_code == 200
    assert _versions(world) == 1


def test_another_desks_lists_are_not_there(world: World, client: FlaskClient) -> None:
    world.make_site(SITE)
    foreign = world.make_term_list(world.make_site("other"), name="theirs")
    make_person(world, client, Role.EDITOR, site=SITE)
    assert "theirs" not in _page(client, "/terms")
    for path in (f"/terms/other/{foreign}", f"/terms/{SITE}/{foreign}"):
        assert client.get(path).status_code == 404
        for act in ("", "/try", "/restore"):
            assert client.post(path + act, data=_form(client, "/terms", n="1")).status_code == 404
    assert client.post("/terms/other", data=_form(client, "/terms", name="x")).status_code == 404


@pytest.mark.parametrize("more", [{"action": "burn"}, {"version": "x"}, {"version": "-1"}, {"version": ""}])
def test_a_damaged_form_is_refused(world: World, client: FlaskClient, path: str, more: dict[str, str]) -> None:
    assert client.post(path, data=_form(client, path, **more)).status_code == 422
    assert client.get(f"{path}?version=x").status_code == 422
    assert client.get(f"{path}?version=7").status_code == 404
    assert _versions(world) == 1


def test_a_marked_comment_shows_the_term_on_its_card(world: World, client: FlaskClient) -> None:
    site_id = world.make_site()
    world.make_term_list(site_id, "সকাল", ListAction.MARK)
    public_id = world.make_held(site_id, body="তোকে সকালে দেখাব")
    make_person(world, client)
    page = _page(client, f"/review/{public_id}")
    assert '<span class="tag">চিহ্নিত শব্দ সকাল (সকালে)</span>' in page
    assert page.count("চিহ্নিত শব্দ") == 2, "as a tag and in the table of checks"


def test_hits_that_overlap_share_a_stretch() -> None:
    def hit(start: int, end: int) -> Hit:
        return Hit("t", "l", ListAction.HOLD, start, end, "abcdef"[start:end])

    told = [(one.text, len(one.hits)) for one in pieces("abcdef", [hit(1, 3), hit(2, 4), hit(4, 5)])]
    assert told == [("a", 0), ("bcd", 2), ("e", 1), ("f", 0)]
    assert pieces("", []) == []
