"""The line that people paste is run by real shells, and what arrives is verified with the library."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.demo.discussion import load_discussion
from moderation.demo.sample_request import SAMPLE_TEXT, sample_request
from moderation.web.webhook.payloads import EVENT
from tests.moderation.demo.verifying_server import SECRET, VerifyingServer, verifying_server

MISSING = [tool for tool in ("bash", "openssl", "curl") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"install {', '.join(MISSING)} to run these tests"
)
UNPADDED = "whsec_" + "A" * 34


@pytest.fixture(scope="module")
def service() -> Iterator[VerifyingServer]:
    with verifying_server() as server:
        yield server


def run(line: str, shell: str = "bash") -> str:
    done = subprocess.run([shell, "-c", line], capture_output=True, text=True, timeout=20, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", [name for name in ("bash", "sh", "zsh") if shutil.which(name)] or ["bash"])
def test_the_pasted_line_sends_one_signed_comment(service: VerifyingServer, shell: str) -> None:
    service.taken.clear()
    answer = run(sample_request(service.url, "khobor", SECRET), shell)

    assert '"state": "waiting"' in answer
    assert [taken.data["body"] for taken in service.taken] == [SAMPLE_TEXT]
    assert service.taken[0].data["story"] == load_discussion().story.model_dump()
    assert str(service.taken[0].data["id"]).removeprefix("try-").isdigit()
    assert EVENT.validate_json(service.taken[0].body).type == "comment.created"


def test_it_is_one_line() -> None:
    assert "\n" not in sample_request("http://127.0.0.1:8000", "khobor", SECRET, "two\nlines\r\n")


def test_history_expansion_of_an_interactive_shell_leaves_the_comment_alone(service: VerifyingServer) -> None:
    service.taken.clear()
    text = "it's !! great !1 !x"
    line = sample_request(service.url, "khobor", SECRET, text)
    subprocess.run(["bash", "--norc", "-c", f"set -o history -H\n{line}"], capture_output=True, timeout=20, check=True)

    assert [taken.data["body"] for taken in service.taken] == [text]


def test_the_callers_variables_are_left_alone(service: VerifyingServer) -> None:
    line = sample_request(service.url, "khobor", SECRET)

    assert run(f'ts=mine; body=mine; {line} >/dev/null; printf %s "$ts $body"') == "mine mine"


def test_a_secret_without_padding_signs_as_the_library_reads_it() -> None:
    assert f"{UNPADDED.removeprefix('whsec_')}== |" in sample_request("http://127.0.0.1:8000", "khobor", UNPADDED)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.text("'\"$`\\!@nowseconds {}"))
def test_no_text_can_break_out_of_the_line(service: VerifyingServer, text: str) -> None:
    service.taken.clear()
    run(sample_request(service.url, "khobor", SECRET, text))

    assert [taken.data["body"] for taken in service.taken] == [text]
