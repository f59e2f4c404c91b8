"""One thing by what somebody remembers of it, at their own sites, off an index."""

import hypothesis
import pytest
from hypothesis import strategies
from sqlalchemy import text

from moderation.store import lookups
from moderation.store.schema.comments import TITLE_WORDS
from tests.factories import World


@pytest.fixture
def site_id(world: World) -> int:
    site_id = world.make_site()
    world.make_comment(site_id, "c-17", "শুভ সকাল")
    with world.work() as unit:
        unit.connection.execute(text("UPDATE stories SET title = 'বাজেট: কী বাড়ল, What’s Next?'"))
    return site_id


@pytest.mark.parametrize("typed", ["বাজেট", "বাজ বাড়", "next", "NEXT বা\u09a1\u09bcল"])
def test_a_story_is_found_by_the_beginnings_of_its_words(world: World, site_id: int, typed: str) -> None:
    with world.runtime.reading() as connection:
        assert [one.title for one in lookups.stories(connection, typed, [site_id], limit=5)] != []
        assert lookups.stories(connection, typed, [site_id + 1], limit=5) == []
        assert lookups.stories(connection, "নির্বাচন", [site_id], limit=5) == []


def test_an_author_is_found_by_the_beginning_of_the_name(world: World, site_id: int) -> None:
    with world.runtime.reading() as connection:
        assert [one.name[:4] for one in lookups.authors(connection, "রহি", [site_id], limit=5)] == ["রহিম"]
        assert lookups.authors(connection, "রহি", [site_id + 1], limit=5) == []


def test_a_comment_is_found_by_either_id(world: World, site_id: int) -> None:
    with world.runtime.reading() as connection:
        (by_theirs,) = lookups.comments(connection, "c-17", [site_id], limit=5)
        assert lookups.comments(connection, str(by_theirs.public_id), [site_id], limit=5) == [by_theirs]
        assert lookups.comments(connection, "c-1", [site_id], limit=5) == []
        assert lookups.comments(connection, "c-17", [site_id + 1], limit=5) == []


def test_a_title_among_many_is_read_off_its_index(world: World, site_id: int) -> None:
    with world.work() as unit:
        unit.connection.execute(
            text("""INSERT INTO stories (site_id, ext_id, url, title, section)
                    SELECT :site, 'story-' || n, '', 'খবর নম্বর ' || n, '' FROM generate_series(1, 20000) n"""),
            {"site": site_id},
        )
        unit.connection.execute(text("ANALYZE stories"))
        seen = unit.connection.execute(
            text(f"EXPLAIN SELECT id FROM stories WHERE {TITLE_WORDS} @@ to_tsquery('simple', 'বাজেট:*')")  # noqa: S608 - a constant of ours
        )
        assert "ix_stories_title" in " ".join(seen.scalars())


@hypothesis.settings(
    max_examples=60, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], deadline=None
)
@hypothesis.given(typed=strategies.text(strategies.characters(exclude_characters="\x00", codec="utf-8"), max_size=60))
def test_whatever_is_typed_is_words_and_never_syntax(world: World, typed: str) -> None:
    with world.runtime.reading() as connection:
        lookups.stories(connection, typed, [1], limit=1)
        lookups.authors(connection, typed, [1], limit=1)
        lookups.comments(connection, typed, [1], limit=1)
