"""Devices are told apart coarsely, and nothing that a browser sends is kept as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.device import device_name


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/137.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/137.0 Safari/537.36 Edg/137.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iOS"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_and_its_system_are_named(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


@given(st.text())
def test_whatever_is_sent_only_known_names_come_out(user_agent: str) -> None:
    assert len(device_name(user_agent)) <= 30
    assert device_name(user_agent).replace(" · ", "").replace(" ", "").isalpha() or not device_name(user_agent)
