"""The time of each dashboard page with a million comments stored and 50,000 of them held.

``PYTHONPATH=. python bench/dashboard.py`` (some ten minutes, most of them to fill the database; 4 GB of disk). Three
figures for each page, all of the same run: the server's time at the median and at p95, its ratio to the same page over
a hundredth of the comments (a page that follows an index does not grow with what is stored), and whether a sequential
scan over a large table stands in the plan of any statement that it sends. The peer for the queue is what an admin page
usually asks: ``count(*)`` of what matches and a page by ``OFFSET``, from the middle of the list.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from rich.console import Console
from sqlalchemy import Connection, Engine, event, text

from bench.filled_desk import RARE, fill
from moderation.domain.vocabulary import Mode, Role
from moderation.embedded import embedded_servers
from moderation.migrations import upgrade
from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings
from moderation.steps import enrolling, promoting
from moderation.web.factory import create_app

SLUG: Final = "khobor"
LARGE: Final = frozenset({"comments", "revisions", "scores", "outcomes", "decisions", "callbacks", "authors"})
PEER: Final = "peer: count and offset over the held"
_PASSWORD: Final = "only-for-this-bench"
_PEER: Final = """
SELECT c.*, r.text, s.title, a.name FROM comments c
JOIN revisions r ON r.comment_id = c.id AND r.n = c.current_revision
JOIN stories s ON s.id = c.story_id JOIN authors a ON a.id = c.author_id
WHERE c.state = 'held' ORDER BY c.priority DESC, c.id LIMIT 25 OFFSET :offset"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    console = Console(stderr=True)
    small = measured(console, given.comments // 100, given.rounds)
    large = measured(console, given.comments, given.rounds)
    print(f"{given.comments:,} comments, {given.rounds} requests a page; times in ms")
    print(f"{'page':38} {'median':>7} {'p95':>7} {'to a hundredth':>15}  sequential scans")
    for name, (times, scans) in large.items():
        median = statistics.median(times)
        ratio = median / statistics.median(small[name][0])
        print(f"{name:38} {median:7.1f} {_p95(times):7.1f} {ratio:14.2f}x  {', '.join(sorted(scans)) or '-'}")
    ours, peer = (statistics.median(large[name][0]) for name in ("/review", PEER))
    print(f"the whole page of the queue takes {ours / peer:.2f} of the time of the peer's two statements")


def measured(console: Console, size: int, rounds: int) -> dict[str, tuple[list[float], set[str]]]:
    """Each page's times in ms, and the large tables that it would read from end to end."""
    with tempfile.TemporaryDirectory(prefix="alochona-bench-") as folder, embedded_servers(Path(folder)) as servers:
        settings = Settings(
            database_url=servers.database_url,
            redis_url=servers.redis_url,
            secret_keys=("only-for-this-bench-0123456789abcdef",),
            var=Path(folder),
            callback_allow="127.0.0.1/32",
            base_url="http://localhost",
        )
        runtime = build_runtime(settings)
        upgrade(runtime.engine)
        client = _desk(runtime)
        fill(runtime.engine, SLUG, size, lambda told: console.print(f"  {size:,}: {told}"))
        found = {name: _page(client, runtime.engine, path, rounds) for name, path in _paths(runtime.engine).items()}
        found[PEER] = (_peer(runtime.engine, rounds), set())
        runtime.engine.dispose()
        runtime.celery.close()
    return found


def _desk(runtime: Runtime) -> FlaskClient:
    promoting.ensure_starter(runtime.work, runtime.settings.starter_bundle)
    enrolling.enrol_site(
        runtime.work,
        runtime.vault,
        slug=SLUG,
        name="খবর",
        url="https://khobor.example",
        now=runtime.now(),
        mode=Mode.PUBLISH_FIRST,
        callback_url="https://khobor.example/callbacks",
    )
    token = enrolling.invite_moderator(
        runtime.work, runtime.vault, email="desk@khobor.example", role=Role.ADMINISTRATOR, now=runtime.now()
    )
    client = create_app(runtime).test_client()
    assert client.post(f"/welcome/{token}", data={"password": _PASSWORD}).status_code == 303
    return client


def _paths(engine: Engine) -> dict[str, str]:
    """The pages by what they are called in the report."""
    with engine.connect() as connection:
        held = connection.execute(
            text("SELECT public_id FROM comments WHERE state = 'held' ORDER BY priority DESC LIMIT 1 OFFSET 10")
        ).scalar_one()
        crowded = connection.execute(text("SELECT min(id) FROM stories")).scalar_one()  # the most commented on
        busiest = connection.execute(text("SELECT min(id) FROM authors")).scalar_one()
    plain = [
        "/review",
        "/review?sort=newest",
        "/review?sort=oldest",
        "/review?sort=alike",
        "/review?label=threat",
        "/review?script=bn-Latn",
        "/stories",
        "/search",
        "/search?q=দেশ",
        f"/search?q={RARE}",
        "/search?state=rejected",
        "/decisions",
        "/figures",
        f"/policy/{SLUG}",
        f"/policy/{SLUG}/told?hold_threat=30",
        "/review/scores",
        "/review/scores?low=50&high=60",
        "/deliveries",
        "/terms",
        "/people",
        "/sites",
        f"/sites/{SLUG}",
        "/bundles",
        "/holding",
        "/notices",
        "/since",
        "/account",
    ]
    return {
        "/review?story=the largest": f"/review?story={crowded}",
        "/review/a card": f"/review/{held}",
        "/review/a card/thread": f"/review/{held}/thread",
        "/review/a card/author": f"/review/{held}/author",
        "/stories/the largest": f"/stories/{crowded}",
        "/authors/the busiest": f"/authors/{busiest}",
        **{path: path for path in plain},
    }


def _page(client: FlaskClient, engine: Engine, path: str, rounds: int) -> tuple[list[float], set[str]]:
    with _statements(engine) as sent:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    with engine.connect() as connection:
        scans = {table for statement, given in sent for table in _scanned(connection, statement, given)}
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - began) * 1_000)
    return times, scans


@contextmanager
def _statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _scanned(connection: Connection, statement: str, given: Any) -> set[str]:  # noqa: ANN401 - as the driver has it
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).scalar_one()
    found: set[str] = set()
    _walk(plan[0]["Plan"], found)
    return found & LARGE


def _walk(node: dict[str, Any], found: set[str]) -> None:
    if node["Node Type"] == "Seq Scan":
        found.add(node["Relation Name"])
    for child in node.get("Plans", ()):
        _walk(child, found)


def _peer(engine: Engine, rounds: int) -> list[float]:
    times = []
    with engine.connect() as connection:
        for _ in range(rounds):
            began = time.perf_counter()
            count = connection.execute(text("SELECT count(*) FROM comments WHERE state = 'held'")).scalar_one()
            connection.execute(text(_PEER), {"offset": count // 2}).all()
            times.append((time.perf_counter() - began) * 1_000)
    return times


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
