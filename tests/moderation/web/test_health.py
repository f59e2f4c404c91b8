"""What watchers are told: ready while comments can be stored, degraded with reasons, figures for the few."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from moderation.runtime import Runtime, build_runtime
from moderation.steps.sweeping import HEARTBEAT
from moderation.store import deliveries, figures, leases
from moderation.web.factory import create_app
from tests.factories import World

STRANGER = {"REMOTE_ADDR": "203.0.113.9"}


def codes(answer: object) -> set[str]:
    assert isinstance(answer, dict)
    return {reason["code"] for reason in answer["reasons"]}


def test_a_live_process_says_so_whatever_else_is_down(settings_without_servers: Runtime) -> None:
    client = create_app(settings_without_servers).test_client()
    assert client.get("/live").status_code == 200


@pytest.fixture
def settings_without_servers(runtime: Runtime) -> Runtime:
    """A runtime whose database and broker nobody answers for."""
    settings = runtime.settings.with_servers("postgresql+psycopg://nobody@127.0.0.1:1/nothing", "redis://127.0.0.1:1/0")
    return build_runtime(settings)


def test_without_a_database_the_process_is_not_ready(settings_without_servers: Runtime) -> None:
    answer = create_app(settings_without_servers).test_client().get("/ready")
    assert answer.status_code == 503
    assert codes(answer.json) == {"database_unavailable"}


def test_an_old_schema_is_not_ready(client: FlaskClient, world: World) -> None:
    with world.work() as unit:
        unit.connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert codes(answer.json) == {"schema_not_current"}


def test_a_missing_bundle_and_a_silent_sweep_only_degrade(client: FlaskClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    assert codes(answer.json) == {"bundle_unusable", "sweep_silent"}


def test_a_missing_broker_only_degrades(runtime: Runtime) -> None:
    alone = build_runtime(replace(runtime.settings, redis_url="redis://127.0.0.1:1/0"))
    answer = create_app(alone).test_client().get("/ready")
    alone.engine.dispose()
    assert answer.status_code == 200
    assert "broker_unavailable" in codes(answer.json)


@pytest.mark.parametrize(("seconds", "silent"), [(1, False), (61, True)])
def test_a_sweep_is_missed_after_a_minute(
    client: FlaskClient, world: World, runtime: Runtime, seconds: int, silent: bool
) -> None:
    with world.work() as unit:
        leases.beat(unit.connection, HEARTBEAT, at=runtime.now() - timedelta(seconds=seconds))
    assert ("sweep_silent" in codes(client.get("/ready").json)) is silent


def test_a_disabled_endpoint_is_told_to_whoever_watches(client: FlaskClient, world: World, runtime: Runtime) -> None:
    endpoint_id = world.make_endpoint(world.make_site())
    assert "endpoint_disabled" not in codes(client.get("/ready").json)
    with world.work() as unit:
        deliveries.disable_endpoint(unit.connection, endpoint_id, reason="gone", now=runtime.now())

    ready = client.get("/ready")

    assert ready.status_code == 200
    assert "endpoint_disabled" in codes(ready.json)
    assert 'alochona_endpoints{state="disabled"} 1.0' in client.get("/metrics").text


def samples_of(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Each sample's value by its name and its labels' values."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_figures_come_as_prometheus_reads_them(client: FlaskClient, world: World) -> None:
    site_id = world.make_site("khobor")
    with world.work() as unit:
        amounts = {("received", site_id): 3, ("delivered", site_id): 2}
        latencies = figures.latency_buckets("scored_seconds", [0.2, 4.0])
        figures.add(unit.connection, amounts | {(name, None): count for name, count in latencies.items()})

    samples = samples_of(client)
    assert samples["alochona_received_total", "khobor"] == 3
    assert samples["alochona_delivered_total", "khobor"] == 2
    assert samples["alochona_scored_seconds_bucket", "0.25"] == 1
    assert samples["alochona_scored_seconds_bucket", "+Inf"] == 2
    assert samples["alochona_scored_seconds_sum",] == pytest.approx(4.2)
    assert samples["alochona_backlog", "review"] == 0


def test_every_site_has_every_counter_from_zero_on_and_nothing_else_has_one(client: FlaskClient, world: World) -> None:
    for slug in ("khobor", "other"):
        world.make_site(slug)
    with world.work() as unit:
        figures.add(unit.connection, {("received", 999): 1, ("received", None): 1})
    counted = {key: value for key, value in samples_of(client).items() if key[0].endswith("_total")}
    names = {name for name, _ in counted}
    assert {f"alochona_{name}_total" for name in ("received", "scored", "held", "decided", "delivered")} <= names
    assert set(counted) == {(name, slug) for name in names for slug in ("khobor", "other")}
    assert set(counted.values()) == {0}


def test_figures_follow_a_comment_from_its_arrival_to_the_review_queue(client: FlaskClient, world: World) -> None:
    site_id = world.make_site("khobor")
    world.make_comment(site_id)
    waiting = samples_of(client)
    assert (waiting["alochona_received_total", "khobor"], waiting["alochona_backlog", "scoring"]) == (1, 1)
    world.make_held(site_id, "c2")
    held = samples_of(client)
    assert (held["alochona_held_total", "khobor"], held["alochona_backlog", "review"]) == (1, 1)
    assert held["alochona_scored_seconds_count",] == held["alochona_scored_total", "khobor"] == 2


def test_figures_tell_when_work_last_showed_progress_and_that_no_bundle_is_live(
    client: FlaskClient, world: World, runtime: Runtime
) -> None:
    with world.work() as unit:
        leases.beat(unit.connection, HEARTBEAT, at=runtime.now() - timedelta(hours=1))
    samples = samples_of(client)
    assert samples["alochona_seconds_since_progress", HEARTBEAT] >= 3600
    assert samples["alochona_bundle_usable",] == 0


def test_asking_whether_the_process_is_ready_logs_nothing(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        assert client.get("/ready").status_code == 200
    assert [record for record in caplog.records if record.name.startswith("alembic")] == []


def test_strangers_see_no_figures(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base=STRANGER).status_code == 403


def test_what_a_local_proxy_passes_on_is_not_from_this_machine(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_a_client_cannot_pass_for_this_machine_by_what_it_writes_into_the_header(runtime: Runtime) -> None:
    behind = replace(runtime, settings=replace(runtime.settings, trusted_proxies=1))
    answer = create_app(behind).test_client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert answer.status_code == 403


def test_a_token_opens_the_figures_and_only_the_right_one(runtime: Runtime) -> None:
    guarded = replace(runtime, settings=replace(runtime.settings, metrics_token="figures-please"))
    client = create_app(guarded).test_client()
    for given, status in (("figures-please", 200), ("figures-plea", 403), ("", 403), ("ঁ", 403)):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {given}"}, environ_base=STRANGER)
        assert answer.status_code == status


def test_without_a_configured_token_an_empty_one_opens_nothing(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers={"Authorization": "Bearer "}, environ_base=STRANGER)
    assert answer.status_code == 403
