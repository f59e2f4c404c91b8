"""What watchers are told: ready while comments can be stored, degraded with reasons, figures for the few."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from moderation.runtime import Runtime, build_runtime
from moderation.steps.sweeping import HEARTBEAT
from moderation.store import figures, leases
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


def test_figures_come_as_prometheus_reads_them(client: FlaskClient, world: World) -> None:
    with world.work() as unit:
        amounts = {("received", 7): 3, ("delivered", 7): 2}
        latencies = figures.latency_buckets("scored_seconds", [0.2, 4.0])
        figures.add(unit.connection, amounts | {(name, None): count for name, count in latencies.items()})

    answer = client.get("/metrics")

    assert answer.status_code == 200
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["alochona_received_total", "7"] == 3
    assert samples["alochona_scored_seconds_bucket", "0.25"] == 1
    assert samples["alochona_scored_seconds_bucket", "+Inf"] == 2
    assert samples["alochona_scored_seconds_sum",] == pytest.approx(4.2)
    assert samples["alochona_backlog", "review"] == 0


def test_strangers_see_no_figures(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base=STRANGER).status_code == 403


def test_what_a_local_proxy_passes_on_is_not_from_this_machine(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_a_token_opens_the_figures_and_only_the_right_one(runtime: Runtime) -> None:
    guarded = replace(runtime, settings=replace(runtime.settings, metrics_token="figures-please"))
    client = create_app(guarded).test_client()
    for given, status in (("figures-please", 200), ("figures-plea", 403), ("", 403), ("ঁ", 403)):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {given}"}, environ_base=STRANGER)
        assert answer.status_code == status


def test_without_a_configured_token_an_empty_one_opens_nothing(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers={"Authorization": "Bearer "}, environ_base=STRANGER)
    assert answer.status_code == 403
