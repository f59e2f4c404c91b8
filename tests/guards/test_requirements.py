"""What is imported is pinned, and what is pinned is used: imported, started by name, or needed by one of these."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guards.repository import ROOT, modules

STARTED_BY_NAME = {"granian", "pytest-xdist", "pytest-timeout", "ruff", "mypy", "import-linter", "types-pyyaml"}
"""Command-line tools, plugins, and types: nothing imports them."""
OURS = {"moderation", "classifiers", "tests", "bench"}
FOR_TYPES_ONLY = {"_typeshed"}


@cache
def _pins(name: str) -> dict[str, Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    read = [Requirement(line) for line in lines if line and not line.startswith("-r")]
    return {canonicalize_name(one.name): one for one in read}


def _all_pins() -> dict[str, Requirement]:
    return {**_pins("requirements.txt"), **_pins("requirements-dev.txt")}


def _imported(paths: Iterable[Path]) -> set[str]:
    """The top-level packages of third parties that these files import, wherever in them."""
    found = {name.partition(".")[0] for path in paths for name in _names(path)}
    return found - set(sys.stdlib_module_names) - OURS - FOR_TYPES_ONLY


def _names(path: Path) -> Iterator[str]:
    """What a file imports or, as moderation does with the embedded server, looks for; bench only looks for peers."""
    looks_for = path.relative_to(ROOT).parts[0] != "bench"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif (
            looks_for and isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "find_spec"
        ):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _distributions(packages: Iterable[str]) -> set[str]:
    known = packages_distributions()
    return {canonicalize_name(known.get(package, [package])[0]) for package in packages}


def _needed(name: str) -> set[str]:
    """What a pinned package asks for, on any system, with the extras that are pinned."""
    try:
        asked = [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:
        return set()
    extras = _all_pins()[name].extras if name in _all_pins() else set()
    return {canonicalize_name(one.name) for one in asked if _holds(one, extras)}


def _holds(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    if marker is None or "extra" not in str(marker):
        return True
    return any(marker.evaluate({"extra": extra}) for extra in extras)


def _closure(names: set[str]) -> set[str]:
    reached, fresh = set(names), set(names)
    while fresh:
        fresh = {needed for name in fresh for needed in _needed(name)} - reached
        reached |= fresh
    return reached


@pytest.mark.parametrize(
    ("folders", "files"),
    [
        (("moderation", "classifiers", "app.py", "worker.py"), ("requirements.txt",)),
        (("tests", "bench"), ("requirements.txt", "requirements-dev.txt")),
    ],
)
def test_every_package_that_is_imported_is_pinned(folders: tuple[str, ...], files: tuple[str, ...]) -> None:
    pinned = {name for file in files for name in _pins(file)}
    imported = _imported(modules(*folders))
    assert imported
    assert _distributions(imported) <= pinned


def test_everything_that_is_pinned_is_used() -> None:
    used = _distributions(_imported(modules("moderation", "classifiers", "tests", "bench", "app.py", "worker.py")))
    assert set(_all_pins()) - _closure(used | STARTED_BY_NAME) == set()


def test_every_tool_in_the_list_is_pinned_and_imported_nowhere() -> None:
    imported = _distributions(_imported(modules("moderation", "classifiers", "tests", "bench", "app.py", "worker.py")))
    assert set(_all_pins()) >= STARTED_BY_NAME
    assert imported.isdisjoint(STARTED_BY_NAME)


def test_what_runs_needs_nothing_that_only_tests_are_given() -> None:
    names: set[str] = set(_pins("requirements.txt"))
    missing = {name for name in _closure(names) if name in _pins("requirements-dev.txt")}
    assert missing == set()


def test_a_package_is_pinned_in_one_file_only_once() -> None:
    assert set(_pins("requirements.txt")).isdisjoint(_pins("requirements-dev.txt"))
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = re.findall(r"^([\w.-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        listed = [canonicalize_name(line) for line in lines if not line.startswith("-")]
        assert len(listed) == len(set(listed))
