"""However many administrators act at once, one is always left."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from moderation.domain.authority import administers
from moderation.domain.errors import ModerationError
from moderation.domain.vocabulary import Role
from moderation.steps import managing_people
from moderation.store import people
from tests.factories import NOW, World


def _left(world: World, ids: list[int]) -> int:
    with world.runtime.reading() as connection:
        return sum(administers(people.held_by(connection, one), None) for one in ids)


@pytest.mark.parametrize("act", ["take the role", "close the account"])
def test_of_administrators_who_push_each_other_out_at_once_one_is_left(world: World, act: str) -> None:
    world.make_site()
    ids = [world.make_moderator(f"Admin{n}", Role.ADMINISTRATOR) for n in range(3)]
    barrier = Barrier(3)

    def push(n: int) -> str:
        actor, other = ids[n], ids[(n + 1) % 3]
        barrier.wait()
        try:
            if act == "take the role":
                managing_people.change_role(world.work, actor_id=actor, moderator_id=other, site_id=None, role=None)
            else:
                name = f"admin{(n + 1) % 3}"
                managing_people.disable(world.work, actor_id=actor, moderator_id=other, typed_name=name, now=NOW)
        except ModerationError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(push, range(3)))
    assert _left(world, ids) >= 1
    assert "done" in told
    assert told.count("done") == 3 - _left(world, ids)
