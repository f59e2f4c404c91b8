"""The project names no machine that it was made on and no package registry: it installs from wherever pip is set to."""

import re
from pathlib import Path

import pytest

from tests.guards.repository import ROOT, texts

# Written in pieces, so that this file does not name them either.
REGISTRIES = re.compile(
    "|".join(
        re.escape(f"{host}.{domain}")
        for host, domain in (
            ("py" + "pi", "org"),
            ("pythonhosted", "org"),
            ("npm" + "js", "org"),
            ("npm" + "js", "com"),
            ("yarn" + "pkg", "com"),
            ("crates", "io"),
            ("rubygems", "org"),
            ("packagist", "org"),
            ("conda", "anaconda.org"),
            ("jsdelivr", "net"),
            ("unpkg", "com"),
            ("cdnjs", "cloudflare.com"),
        )
    )
)
HOMES = re.compile(r"(?<![\w.\-/}])/(?:home|root|work|workspaces?|Users|mnt|media)/[\w.]")
IN_TEMPORARY = re.compile(r"(?<![\w.\-/])/tmp/([\w.-]+)")
TEMPORARY = {"alochona", "alochona-", "celerybeat-schedule"}
"""What our own containers and sockets are called there."""


@pytest.fixture(scope="module")
def written() -> list[tuple[Path, str]]:
    found = list(texts())
    assert len(found) > 200
    return found


def _found(pattern: re.Pattern[str], written: list[tuple[Path, str]]) -> list[tuple[str, str]]:
    return [(str(path.relative_to(ROOT)), match[0]) for path, text in written for match in pattern.finditer(text)]


def test_no_file_names_a_package_registry(written: list[tuple[Path, str]]) -> None:
    assert _found(REGISTRIES, written) == []


def test_no_file_names_a_folder_of_the_machine_that_it_was_written_on(written: list[tuple[Path, str]]) -> None:
    assert _found(HOMES, written) == []
    found = {match[1] for _, text in written for match in IN_TEMPORARY.finditer(text)}
    assert found <= TEMPORARY


@pytest.mark.parametrize("line", ["cd /ho" + "me/rahim/x", "see '/wo" + "rk/main'", "(/Us" + "ers/rahim)"])
def test_such_a_folder_would_be_seen(line: str) -> None:
    assert HOMES.search(line)


@pytest.mark.parametrize("line", ["https://example.org/work/x", "a/home/b", "{path}/data/x", "./data/x"])
def test_an_address_or_a_part_of_a_path_is_not_taken_for_one(line: str) -> None:
    assert not HOMES.search(line)
