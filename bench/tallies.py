"""What the heaps of scores cost where they are written, and what they save where the policy page reads them.

    PYTHONPATH=. python bench/tallies.py

Written: routing a batch of 256 scored comments, with and without its tally. Read: 14 days of heaps at 10,000 comments a
day, against reading the newest 20,000 comments' scores one by one (of 100,000 stored), which is what a page without
heaps would do. Both from the same database, in this run. Medians of several runs, in milliseconds.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from classifiers import Scored, normalise
from moderation.domain.policy import Facts, Policy, judge
from moderation.domain.vocabulary import Script
from moderation.domain.what_if import compare
from moderation.embedded import embedded_servers
from moderation.migrations import upgrade
from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings
from moderation.steps import scoring
from moderation.store import score_tallies
from tests.factories import World
from tests.fakes import FixedLive

BATCH: Final = 256
STORED: Final = 100_000
SAMPLE: Final = 20_000
A_DAY: Final = 10_000
_LUCK: Final = random.Random(11)

_STORE = """
SET LOCAL statement_timeout = 0;
SET LOCAL session_replication_role = replica;
INSERT INTO comments (public_id, site_id, ext_id, story_id, author_id, state, created_at)
    SELECT gen_random_uuid(), 1, 'x' || n, 1, 1, 'published', now() FROM generate_series(1, {n}) n;
INSERT INTO revisions (comment_id, n, text, script, written_at)
    SELECT id, 1, 'x', 'bn', now() FROM comments WHERE ext_id LIKE 'x%%';
INSERT INTO scores
    (revision_id, bundle_id, toxicity, insult, profanity, identity_attack, threat, sexually_explicit, spam)
    SELECT id, 1, random(), random(), random(), random(), random(), random(), random() FROM revisions WHERE text = 'x';
INSERT INTO score_tallies SELECT 1, current_date - d, label, script, rest, bin, count(*), 1, 1 FROM (
    SELECT d, label, floor(100 * random() ^ 4)::int AS bin,
           (array['bn', 'bn', 'bn', 'bn-Latn', 'bn-Latn', 'en', 'mixed'])[1 + floor(7 * random())::int] AS script,
           (array['publish', 'publish', 'publish', 'hold'])[1 + floor(4 * random())::int] AS rest
    FROM generate_series(1, 14) d, generate_series(1, {a_day}) n,
         unnest('{{toxicity,insult,profanity,identity_attack,threat,sexually_explicit,spam}}'::text[]) label) made
    GROUP BY d, label, script, rest, bin;
ANALYZE;
"""
_ONE_BY_ONE = text("""
SELECT r.script, s.toxicity, s.insult, s.profanity, s.identity_attack, s.threat, s.sexually_explicit, s.spam
FROM (SELECT id FROM comments WHERE site_id = 1 ORDER BY id DESC LIMIT :n) c
JOIN revisions r ON r.comment_id = c.id JOIN scores s ON s.revision_id = r.id
""")


class _Random:
    """Scores as they come: most near 0, some anywhere."""

    name = "random"

    def score(self, texts: list[str]) -> list[Scored]:
        return [Scored(normalise(one), _LUCK.choice(["bn", "bn-Latn", "en"]), _vector()) for one in texts]


def _vector() -> tuple[float, ...]:
    return tuple(min(0.999, _LUCK.betavariate(0.5, 4)) for _ in range(7))


def _median(do: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def _routing(world: World, site_id: int, live: FixedLive, round_: int) -> float:
    for n in range(BATCH):
        world.make_comment(site_id, f"r{round_}-{n}", f"মন্তব্য {n}")
    began = time.perf_counter()
    scoring.score_comments(world.work, live.current, now=lambda: datetime.now(UTC))
    return 1000 * (time.perf_counter() - began)


def _write(world: World, runtime: Runtime) -> None:
    site_id = world.make_site()
    live = FixedLive.registered(runtime.work, _Random())  # type: ignore[arg-type]
    kept = score_tallies.add_scored
    with_: list[float] = []
    without: list[float] = []
    for round_ in range(10):
        score_tallies.add_scored = kept if round_ % 2 else lambda *_: None
        (with_ if round_ % 2 else without).append(_routing(world, site_id, live, round_))
    score_tallies.add_scored = kept
    print(
        f"scoring and routing {BATCH}: {statistics.median(without):.0f} ms without, {statistics.median(with_):.0f} with"
    )


def _judged(connection: Connection) -> None:
    for script, *vector in connection.execute(_ONE_BY_ONE, {"n": SAMPLE}):
        judge(Policy(), Facts(vector, Script(script)))


def _read(runtime: Runtime) -> None:
    since = datetime.now(UTC).date() - timedelta(days=14)
    with runtime.engine.begin() as connection:
        for statement in _STORE.format(n=STORED, a_day=A_DAY).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    with runtime.reading() as connection:
        read = partial(score_tallies.heaps, connection, 1, since=since, scripts=list(Script))
        heaps = read()
        rows = connection.exec_driver_sql("SELECT count(*) FROM score_tallies WHERE label <> 'overall'").scalar_one()
        print(f"heaps: {len(heaps)} from {rows} rows, read in {_median(read, 9):.0f} ms", end="; ")
        print(f"compared in {_median(lambda: compare(heaps, Policy(), Policy(hold_links_over=9)), 9):.0f} ms")
        plain = _median(lambda: list(connection.execute(_ONE_BY_ONE, {"n": SAMPLE})), 5)
        judged = _median(lambda: _judged(connection), 3)
        print(f"one by one: {SAMPLE} comments read in {plain:.0f} ms; read and judged in {judged:.0f} ms")


def main() -> None:
    """Prints both comparisons."""
    with tempfile.TemporaryDirectory(prefix="tallies-") as folder, embedded_servers(Path(folder)) as urls:
        settings = Settings(urls.database_url, urls.redis_url, ("k" * 40,), var=Path(folder))
        runtime = build_runtime(settings)
        upgrade(runtime.engine)
        _write(World(runtime, runtime.work), runtime)
        _read(runtime)
        runtime.engine.dispose()


if __name__ == "__main__":
    main()
