"""What an empty installation is given at its first start."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.commands import first_run
from moderation.commands.first_run import Demo
from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings
from moderation.store.schema import Endpoint, Moderator, Site
from tests.factories import World

DEMO = Demo("whsec_in", "whsec_out", 8766)


def test_what_is_kept_of_the_demo_is_read_again_and_is_its_owners_only(tmp_path: Path) -> None:
    first_run.write_demo(tmp_path, DEMO)
    first_run.write_demo(tmp_path, replace(DEMO, posted=True))
    assert first_run.read_demo(tmp_path) == replace(DEMO, posted=True)
    assert first_run.secret_file(tmp_path).read_text() == "whsec_out"
    for name in ("demo.json", "demo_callback_secret"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"another": 1}', "null"])
def test_a_torn_file_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "demo.json").write_text(content)
    assert first_run.read_demo(tmp_path) is None


def test_the_demo_is_enrolled_with_its_own_receiver(settings: Settings) -> None:
    runtime = build_runtime(replace(settings, callback_allow="127.0.0.1:8766"))
    demo = first_run.enrol_demo(runtime, 8766)
    assert demo is not None
    with runtime.reading() as connection:
        assert connection.execute(select(Site.slug)).scalars().all() == [first_run.DEMO_SITE]
        assert connection.execute(select(Endpoint.url)).scalars().all() == ["http://127.0.0.1:8766/callbacks"]
    assert first_run.enrol_demo(runtime, 8766) is None
    runtime.engine.dispose()


def test_an_installation_with_a_site_gets_no_demo(world: World, runtime: Runtime) -> None:
    world.make_site()
    assert first_run.enrol_demo(runtime, 8766) is None


def test_a_way_in_is_offered_until_somebody_has_a_password(world: World, runtime: Runtime) -> None:
    links = [first_run.first_link(runtime) for _ in range(2)]
    assert None not in links
    assert links[0] != links[1]
    with world.work() as unit:
        assert unit.connection.execute(select(Moderator.id)).scalars().all() == [1]
        unit.connection.exec_driver_sql("UPDATE moderators SET password_hash = 'a hash'")
    assert first_run.first_link(runtime) is None


def test_a_free_port_is_one_that_nothing_listens_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert first_run.free_port(port) > port
