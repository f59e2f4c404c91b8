"""How the service starts beside another, stops, and goes on with what it had."""

import socket

from moderation.commands import supervision
from moderation.demo.discussion import load_discussion
from tests.journeys.service import Service

STOPPED_WITHIN = 10.0
"""Seconds, as the README promises."""
SAMPLE = [comment.id for comment in load_discussion().comments]


def test_a_second_one_beside_it_says_so_and_ends(service: Service) -> None:
    second = service.run("serve")
    assert second.returncode == 1
    assert f"already running here: {service.base_url}" in second.stderr
    assert service.processes("app:app")


def test_ctrl_c_ends_every_process_and_the_next_start_goes_on_with_the_data(service: Service) -> None:
    service.wait_until_heard(SAMPLE, 30)
    before = service.heard()
    texts = {f"late-{n}": "দারুণ লেখা, ধন্যবাদ" for n in range(40)}
    service.post(texts)
    assert service.interrupt(STOPPED_WITHIN) == 0
    assert service.processes() == []
    assert "Stopped." in service.printed

    service.start()
    service.wait_until_heard(texts, 60)
    assert "Posted a sample discussion" not in service.printed
    assert service.heard()[: len(before)] == before
    assert len({heard.webhook_id for heard in service.heard()}) == len(service.heard())
    for comment_id in texts:
        (heard,) = service.heard_of(comment_id)
        assert heard.callback.data.version == 1
    assert service.status(SAMPLE[0])["version"] == 1


def test_what_a_killed_run_left_behind_does_not_hinder_the_next(service: Service) -> None:
    service.wait_until_heard(SAMPLE, 30)
    service.kill()
    left = service.processes()
    assert left
    service.start()
    assert not any(process.is_running() for process in left)
    assert "Unlinking" not in service.printed
    service.post({"after": "ভালো লেখা"})
    service.wait_until_heard(["after"], 30)


def test_a_receiver_whose_port_another_program_took_is_told_and_comes_back(service: Service) -> None:
    service.wait_until(lambda: _stands(service, "demo-receiver") == "RUNNING", 30, "the receiver has long run")
    (receiver,) = service.processes("moderation.demo.receiver")
    receiver.kill()
    receiver.wait(10)
    with socket.create_server(("127.0.0.1", service.demo.receiver_port)):
        service.wait_until(lambda: "demo-receiver does not start" in service.printed, 30, "the trouble is told")
    assert f"127.0.0.1:{service.demo.receiver_port} cannot be listened on" in service.printed
    service.wait_until(lambda: "demo-receiver runs again." in service.printed, 60, "the receiver runs again")
    service.post({"after-the-receiver": "ভালো লেখা"})
    service.wait_until_heard(["after-the-receiver"], 30)


def _stands(service: Service, program: str) -> str:
    return next(status.state for status in supervision.statuses(service.var) if status.name == program)
