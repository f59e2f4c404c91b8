"""``retrain`` as its operator sees it: on a terminal, with bars, and stopped in the middle."""

import json
import os
import pty
import random
import signal
import subprocess
import sys
from pathlib import Path

from moderation.settings import Settings
from moderation.steps import promoting
from moderation.store import bundles
from moderation.store.unit_of_work import Work
from tests.conftest import SECRET_KEY


def large_file(folder: Path) -> Path:
    """More than is learned in a moment, so that there is a middle to be stopped in."""
    chance, path = random.Random(3), folder / "large.jsonl"
    letters = "কখগঘচছজঝটঠডঢণতথদধনপফবভমযরলশষসহ"
    words = ["".join(chance.choices(letters, k=5)) for _ in range(4_000)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(8_000):
            row = {"text": " ".join(chance.choices(words, k=14)), "toxicity": number % 2, "insult": number % 2}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def test_ctrl_c_in_the_middle_leaves_nothing_half_done(work: Work, settings: Settings, tmp_path: Path) -> None:
    live = promoting.ensure_starter(work, settings.starter_bundle)
    inner, outer = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "moderation", "retrain", str(large_file(tmp_path)), "--promote", "--force"],
        stdin=outer,
        stdout=outer,
        stderr=outer,
        env={
            **os.environ,
            "TERM": "xterm",
            "DATABASE_URL": str(settings.database_url).replace("+psycopg", ""),
            "REDIS_URL": str(settings.redis_url),
            "ALOCHONA_SECRET_KEY": SECRET_KEY,
            "ALOCHONA_VAR": str(settings.var),
        },
    )
    os.close(outer)
    shown = ""
    while "fitting labels" not in shown:
        shown += os.read(inner, 4_096).decode(errors="replace")
    process.send_signal(signal.SIGINT)
    rest = shown[-2_000:]
    try:
        while part := os.read(inner, 4_096):
            rest += part.decode(errors="replace")
    except OSError:  # how a terminal says that nobody is left at the other end
        pass
    assert process.wait(60) == 1
    os.close(inner)
    assert "making features" in shown
    assert "/" in shown  # the fraction done
    assert "Traceback" not in rest
    with work() as unit:
        kept = bundles.listed(unit.connection)
    assert [one.name for one in kept] == [live]
    assert not (settings.var / "reports").exists()
