"""The one stylesheet: whole, kept by browsers under its own version, and free of what the policy would block."""

import re

from flask.testing import FlaskClient

from moderation.web.dashboard.stylesheet import FIRST, FOLDER, sheet


def test_it_holds_every_part_the_shared_ones_first(client: FlaskClient) -> None:
    text = client.get("/dashboard.css").text
    places = [text.index((FOLDER / f"{name}.css").read_text(encoding="utf-8")) for name in FIRST]
    assert places == sorted(places)
    assert all(path.read_text(encoding="utf-8") in text for path in FOLDER.glob("*.css"))


def test_a_browser_keeps_it_under_its_version_and_asks_again_under_any_other(client: FlaskClient) -> None:
    kept = client.get(f"/dashboard.css?v={sheet().version}")
    assert "immutable" in kept.headers["Cache-Control"]
    assert client.get("/dashboard.css?v=old").headers["Cache-Control"] == "no-cache"


def test_colours_have_names_in_the_tokens_only() -> None:
    shared = FOLDER / "tokens.css"
    colours = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
    assert colours.search(shared.read_text(encoding="utf-8"))
    assert [path.name for path in FOLDER.glob("*.css") if path != shared and colours.search(path.read_text())] == []
