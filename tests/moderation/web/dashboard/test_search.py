"""The search page and its file: found comments with their state, filters in the address, nothing of other desks."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from moderation.domain.vocabulary import Role
from moderation.steps import exporting
from tests.factories import World
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _scored(world: World, slug: str = "khobor", *bodies: str) -> int:
    site_id = world.make_site(slug)
    for n, body in enumerate(bodies, start=1):
        world.make_comment(site_id, f"{slug}{n}", body)
    world.score()
    return site_id


def test_a_found_comment_shows_its_state_and_leads_to_its_card(world: World, desk: FlaskClient) -> None:
    _scored(world, "khobor", "ইলিশের দাম বেড়েছে", "শুভ সকাল")
    page = _page(desk, "/search?q=ইলিশ")
    assert 'data-found="khobor1"' in page
    assert 'data-found="khobor2"' not in page
    assert "প্রকাশিত" in page
    assert "/review/" in page


def test_filters_stay_in_the_address_of_the_next_page(world: World, desk: FlaskClient) -> None:
    _scored(world, "khobor", *[f"ইলিশ {n}" for n in range(30)])
    page = _page(desk, "/search?q=ইলিশ&state=published&from=2020-01-01")
    assert page.count("data-found=") == 25
    following = page.split('class="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "state=published" in following
    assert _page(desk, following).count("data-found=") == 5


def test_another_desks_comments_are_not_found(world: World, client: FlaskClient) -> None:
    _scored(world, "amar", "ইলিশ এখানে")
    _scored(world, "other", "ইলিশ ওখানে")
    make_person(world, client, Role.ADMINISTRATOR, site="amar")
    page = _page(client, "/search?q=ইলিশ")
    assert 'data-found="amar1"' in page
    assert "other" not in page
    assert "data-found" not in _page(client, "/search?q=ইলিশ&site=other")


def test_too_short_a_word_is_told_and_looks_nothing_up(world: World, desk: FlaskClient) -> None:
    _scored(world, "khobor", "ক খ গ")
    page = _page(desk, "/search?q=ক")
    assert "data-found" not in page
    assert "অন্তত" in page


def test_hostile_text_and_a_hostile_query_are_text(world: World, desk: FlaskClient) -> None:
    _scored(world, "khobor", "<script>alert(1)</script> \u202eabc")
    page = _page(desk, "/search?q=%22%3E%3Cscript%3Ealert(1)%00")
    assert "<script>alert" not in page
    assert "U+202E" in page


@pytest.mark.parametrize("query", ["state=lost", "script=xx", "before=x", "story=x", "from=soon", "to=0001-01-01"])
def test_a_damaged_address_is_told(desk: FlaskClient, query: str) -> None:
    assert desk.get(f"/search?{query}").status_code == 422


def _file(client: FlaskClient, **fields: str) -> list[list[str]]:
    answer = client.post("/search/export", data={"csrf": csrf_of(client, "/search"), **fields})
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"), newline="")))


def test_an_editor_takes_out_what_was_found_and_no_cell_is_a_formula(world: World, client: FlaskClient) -> None:
    _scored(world, "khobor", "=HYPERLINK(1) ইলিশ", "শুভ সকাল")
    make_person(world, client, Role.EDITOR)
    head, *rows = _file(client, q="ইলিশ")
    assert len(rows) == 1
    told = dict(zip(head, rows[0], strict=True))
    assert told["text"] == "'=HYPERLINK(1) ইলিশ"
    assert (told["comment_id"], told["state"], told["verdict"]) == ("khobor1", "published", "approve")


def test_a_file_that_is_not_all_says_so(world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "LARGEST", 2)
    monkeypatch.setattr(exporting.export, "__kwdefaults__", {"most": 2})
    _scored(world, "khobor", "ইলিশ", "ইলিশ", "ইলিশ")
    make_person(world, client, Role.EDITOR)
    rows = _file(client)
    assert len(rows) == 4
    assert rows[-1][0].startswith("There are more")


def test_a_moderator_is_offered_no_file_and_gets_none(world: World, desk: FlaskClient) -> None:
    _scored(world, "khobor", "ইলিশ")
    assert "/search/export" not in _page(desk, "/search")
    assert desk.post("/search/export", data={"csrf": csrf_of(desk, "/search")}).status_code == 403
