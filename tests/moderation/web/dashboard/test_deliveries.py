"""The deliveries page: what was told to whom, what was given up, and sending that again."""

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select, update

from moderation.domain.vocabulary import CallbackState, Role
from moderation.store.schema import AuditEntry, Callback, Endpoint
from tests.factories import World
from tests.moderation.outbox import make_callbacks
from tests.moderation.web.dashboard.conftest import csrf_of, make_person


def _park(world: World, ids: list[int]) -> None:
    with world.work() as unit:
        unit.connection.execute(
            update(Callback).where(Callback.id.in_(ids)).values(state=CallbackState.PARKED.value, attempts=10)
        )


def _states(world: World) -> list[str]:
    with world.runtime.reading() as connection:
        return list(connection.scalars(select(Callback.state).order_by(Callback.id)))


def _site_with(world: World, count: int, slug: str = "khobor") -> tuple[int, list[int]]:
    site_id = world.make_site(slug)
    world.make_endpoint(site_id)
    return site_id, make_callbacks(world, site_id, count=count)


def _page(client: FlaskClient, path: str = "/deliveries") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_without_any_callback_the_page_says_what_will_stand_here(world: World, client: FlaskClient) -> None:
    world.make_site()
    make_person(world, client, Role.ADMINISTRATOR)
    assert "এখনো কিছু পাঠানো হয়নি" in _page(client)


def test_each_callback_tells_its_comment_its_state_and_its_attempts(world: World, client: FlaskClient) -> None:
    site_id, ids = _site_with(world, 2)
    _park(world, ids[:1])
    make_person(world, client, Role.ADMINISTRATOR)
    page = _page(client)
    assert page.index(f'data-delivery="{ids[1]}"') < page.index(f'data-delivery="{ids[0]}"')
    assert f"c{site_id}" in page
    assert "১০টি চেষ্টা" in page
    assert f'data-delivery="{ids[1]}"' not in _page(client, "/deliveries?state=parked")


def test_a_given_up_callback_is_sent_again_alone_and_that_is_recorded(world: World, client: FlaskClient) -> None:
    _, ids = _site_with(world, 3)
    _park(world, ids)
    make_person(world, client, Role.ADMINISTRATOR)
    form = {"csrf": csrf_of(client), "callback": str(ids[1])}
    answer = client.post("/deliveries/khobor/replay", data=form)
    assert answer.status_code == 303
    assert _states(world) == ["parked", "pending", "parked"]
    assert "১টি কলব্যাক আবার পাঠানো হচ্ছে" in _page(client, answer.location)
    with world.runtime.reading() as connection:
        assert connection.scalar(select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(1)) is not None


def test_all_of_a_sites_are_sent_again_and_its_address_is_switched_on(world: World, client: FlaskClient) -> None:
    _, ids = _site_with(world, 2)
    _park(world, ids)
    with world.work() as unit:
        gone = {"disabled_at": datetime(2026, 11, 20, tzinfo=UTC), "disabled_reason": "gone"}
        unit.connection.execute(update(Endpoint).values(**gone))
    make_person(world, client, Role.ADMINISTRATOR)
    assert "data-disabled" in _page(client)
    client.post("/deliveries/khobor/replay", data={"csrf": csrf_of(client), "callback": "all"})
    assert _states(world) == ["pending", "pending"]
    assert "data-disabled" not in _page(client)


def test_pages_follow_each_other_without_a_gap(world: World, client: FlaskClient) -> None:
    _, ids = _site_with(world, 53)
    make_person(world, client, Role.ADMINISTRATOR)
    first, second = _page(client), _page(client, f"/deliveries?before={ids[3]}")
    assert first.count("data-delivery=") == 50
    assert f"before={ids[3]}" in first
    assert [n for n in ids if f'data-delivery="{n}"' in second] == ids[:3]


def test_another_desks_deliveries_are_neither_shown_nor_sent(world: World, client: FlaskClient) -> None:
    world.make_site("amar")
    _, ids = _site_with(world, 1)
    _park(world, ids)
    make_person(world, client, Role.ADMINISTRATOR, site="amar")
    assert "data-delivery" not in _page(client)
    form = {"csrf": csrf_of(client, "/deliveries"), "callback": "all"}
    assert client.post("/deliveries/khobor/replay", data=form).status_code == 404
    assert _states(world) == ["parked"]


def test_a_moderator_may_not_send_again(world: World, client: FlaskClient) -> None:
    _, ids = _site_with(world, 1)
    _park(world, ids)
    make_person(world, client, Role.MODERATOR)
    form = {"csrf": csrf_of(client), "callback": "all"}
    assert client.post("/deliveries/khobor/replay", data=form).status_code == 403
    assert _states(world) == ["parked"]


def test_a_damaged_address_or_form_is_told(world: World, client: FlaskClient) -> None:
    _site_with(world, 1)
    make_person(world, client, Role.ADMINISTRATOR)
    assert client.get("/deliveries?before=x").status_code == 422
    assert client.get("/deliveries?state=lost").status_code == 422
    form = {"csrf": csrf_of(client), "callback": "x"}
    assert client.post("/deliveries/khobor/replay", data=form).status_code == 422
