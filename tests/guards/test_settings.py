"""Every setting has its line in docs/settings.md, and no line speaks of one that nothing reads."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from moderation.settings import Settings, SettingsError, read_settings

ROOT = Path(__file__).resolve().parents[2]
LINES = re.findall(
    r"^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE
)
ENOUGH = {
    "DATABASE_URL": "postgresql://u@127.0.0.1/d",
    "REDIS_URL": "redis://127.0.0.1",
    "ALOCHONA_SECRET_KEY": "k" * 32,
}


class Noting(Mapping[str, str]):
    """An environment that notes what it is asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def _read() -> set[str]:
    environment = Noting(ENOUGH)
    read_settings(environment)
    return environment.asked


def test_what_is_read_is_what_is_documented() -> None:
    documented = [name for name, _, _ in LINES]
    assert sorted(documented) == sorted(_read())


def test_nothing_else_reads_the_environment_by_name() -> None:
    """But for what tells processes of a run apart, and child processes that get theirs from the parent."""
    reading = re.compile(r'os\.environ(?:\.get\(|\[)"([A-Z_]+)"|getenv\("([A-Z_]+)"')
    read = {
        name
        for folder in ("moderation", "classifiers")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for pair in reading.findall(path.read_text(encoding="utf-8"))
        for name in pair
        if name
    }
    assert read <= _read()


@pytest.mark.parametrize(("name", "default"), [(name, default) for name, default, _ in LINES if "`" in default])
def test_a_default_that_the_page_states_is_the_one_that_holds(name: str, default: str) -> None:
    written = re.findall(r"`([^`]+)`", default)[0]
    if name in ENOUGH or not re.fullmatch(r"[\w.]+", written):
        return
    assert _plain(read_settings({**ENOUGH, name: written})) == _plain(read_settings(ENOUGH))


def _plain(settings: Settings) -> str:
    return repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "http"),
        ("ALOCHONA_TRUSTED_PROXIES", "-1"),
        ("ALOCHONA_TRUSTED_PROXIES", "11"),
        ("ALOCHONA_UNDO_SECONDS", "१"),
        ("ALOCHONA_LOG_LEVEL", "LOUD"),
        ("ALOCHONA_BASE_URL", "khobor.example"),
        ("ALOCHONA_SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://u@h/d"),
    ],
)
def test_a_wrong_value_ends_the_start_with_one_line_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings({**ENOUGH, name: value})
    assert "\n" not in str(refused.value)


def test_every_variable_that_docker_compose_takes_from_outside_is_told_in_its_head_or_is_a_setting() -> None:
    source = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    head = "\n".join(line for line in source.splitlines() if line.startswith("#"))
    taken = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", source))
    assert {name for name in taken if name not in head} <= _read()


def test_docker_compose_passes_on_what_an_installation_behind_a_proxy_needs() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    assert {"ALOCHONA_BASE_URL", "ALOCHONA_TRUSTED_HOSTS", "ALOCHONA_TRUSTED_PROXIES"} <= set(
        services["web"]["environment"]
    )
