"""What a site can ask: where a comment stands, and what was decided."""

import pytest
from sqlalchemy import select

from moderation.domain.errors import NotFoundError
from moderation.domain.vocabulary import Label
from moderation.store import decisions
from moderation.store.schema import Site
from moderation.web.webhook.responses import CommentAnswer, DecisionsAnswer
from tests.factories import World
from tests.moderation.web.webhook.sender import Sender, created


@pytest.mark.parametrize("comment_id", ["c1", "a/b", "//x", "..", "ক খ?#%2F", "c1/"])
def test_any_id_of_the_site_can_be_asked_for(sender: Sender, comment_id: str) -> None:
    assert sender.post(created(comment_id)).status_code == 202
    answer = sender.comment(comment_id)
    assert answer.status_code == 200
    assert CommentAnswer.model_validate(answer.json).comment_id == comment_id


def test_a_comment_tells_state_scores_and_reasons_once_it_is_scored(sender: Sender, world: World) -> None:
    sender.post(created(body="তোকে মারবো"))
    before = CommentAnswer.model_validate(sender.comment().json)
    world.score(world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)))
    after = CommentAnswer.model_validate(sender.comment().json)
    assert (before.state, before.scores) == ("waiting", None)
    assert after.state == "held"
    assert after.scores is not None
    assert after.scores[Label.THREAT] == pytest.approx(0.95)
    assert after.reasons
    assert before.held_by is None
    assert after.held_by == {"kind": "classifier", "bundle": after.bundle}


def test_an_unknown_comment_is_404_with_its_code(sender: Sender) -> None:
    answer = sender.comment("nobody")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (404, NotFoundError.code)
    assert sender.comment("c\0").status_code == 404


def test_decisions_are_read_page_by_page_without_loss(sender: Sender, world: World) -> None:
    for n in range(7):
        sender.post(created(f"d{n}"))
    world.score()
    seen: list[str] = []
    cursor, more = "0", True
    while more:
        page = DecisionsAnswer.model_validate(sender.ask(f"decisions?after={cursor}&limit=3").json)
        seen += [entry.comment_id for entry in page.decisions]
        cursor, more = page.next, page.more
    assert sorted(seen) == [f"d{n}" for n in range(7)]
    last = DecisionsAnswer.model_validate(sender.ask(f"decisions?after={cursor}").json)
    assert (last.decisions, last.next) == ([], cursor)


def test_another_sites_decisions_are_not_listed(sender: Sender, other: Sender, world: World) -> None:
    other.post(created("theirs"))
    world.score()
    assert DecisionsAnswer.model_validate(sender.ask("decisions").json).decisions == []


def test_while_decisions_are_under_way_the_list_is_503_and_not_incomplete(sender: Sender, world: World) -> None:
    sender.post(created())
    world.score()
    with world.work() as unit:
        site_id = unit.connection.scalar(select(Site.id)) or 0
        decisions.take_part(unit.connection, site_id)
        answer = sender.ask("decisions")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (503, "decisions_under_way")
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(DecisionsAnswer.model_validate(sender.ask("decisions").json).decisions) == 1


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=", f"after={2**63}", "limit=0", "limit=501", "after=১"]
)
def test_a_wrong_parameter_is_422(sender: Sender, query: str) -> None:
    assert sender.ask(f"decisions?{query}").status_code == 422
