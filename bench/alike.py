"""What likeness costs with a million comments stored and 50,000 held: reading the desk's pages, and grouping a batch.

``PYTHONPATH=. python bench/alike.py``. The comments are made by SQL: 750,000 that the classifier published, 200,000
that people decided on, in groups of five, and 50,000 held: a wave of 10,000, 2,000 waves of five, the rest alone. The
wordings are our made-up ones with a number; the first of each group is signed as in the product. Prints medians and
the worst of what was measured, and whether any plan reads a whole table.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url, text

from classifiers import normalise, sketch
from classifiers.augmenting import made_up
from moderation.embedded import embedded_servers
from moderation.migrations import upgrade
from moderation.runtime import make_engine
from moderation.steps import grouping, recalling
from moderation.store import alike_groups, likenesses, queue_rows
from moderation.store.likenesses import Keyed, Wording
from moderation.store.queue_parts import Sort, View
from moderation.store.unit_of_work import UnitOfWork

ROUNDS = 30
BATCH = 256

_WORLD = """
SET LOCAL statement_timeout = 0;
SET LOCAL session_replication_role = replica;
INSERT INTO sites (slug, name, url, mode) VALUES ('s', 'S', 'https://s.example', 'publish_first');
INSERT INTO moderators (email, name) VALUES ('m@s.example', 'M');
INSERT INTO stories (site_id, ext_id, url, title, section)
    SELECT 1, 's' || n, 'https://s.example/' || n, 'T', '' FROM generate_series(1, 2000) n;
INSERT INTO authors (site_id, ext_id, name) SELECT 1, 'a' || n, 'Reader ' || n FROM generate_series(1, 50000) n;
INSERT INTO comments (public_id, site_id, ext_id, story_id, author_id, state, version, priority, created_at,
                      standing_decision_id, alike_to)
    SELECT gen_random_uuid(), 1, 'c' || n, 1 + n % 2000, 1 + n % 50000,
           CASE WHEN n % 20 < 15 THEN 'published' WHEN n % 20 < 19 THEN 'rejected' ELSE 'held' END, 1,
           random(), now() - (:all - n) * interval '1 second',
           CASE WHEN n % 20 BETWEEN 15 AND 18 THEN n END, NULL
    FROM generate_series(1, :all) n;
INSERT INTO revisions (id, comment_id, n, text, normalised, script, written_at) OVERRIDING SYSTEM VALUE
    SELECT id, id, 1, w.t || ' ' || (CASE WHEN id % 20 >= 15 THEN id / 100 ELSE id END),
           w.t || ' ' || (CASE WHEN id % 20 >= 15 THEN id / 100 ELSE id END), 'bn', now()
    FROM comments JOIN (SELECT ordinality - 1 AS o, t FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS x(t)) w
    ON w.o = (comments.id / 100) % :n;
INSERT INTO decisions (public_id, site_id, comment_id, version, revision, verdict, labels, actor, moderator_id)
    SELECT gen_random_uuid(), 1, id, 1, 1, 'reject', '{insult}', 'moderator', 1
    FROM comments WHERE standing_decision_id IS NOT NULL;
UPDATE comments c SET standing_decision_id = d.id FROM decisions d WHERE d.comment_id = c.id;
UPDATE comments SET alike_to = (id / 100) * 100 + 15 WHERE id % 20 >= 15 AND id % 100 <> 15 AND id > 200000
    AND (state <> 'held' OR id % 200 < 100);
UPDATE comments SET alike_to = 15 WHERE state = 'held' AND id <= 200000;
"""

_FIRSTS = """
SELECT r.id, r.normalised FROM comments c JOIN revisions r ON r.comment_id = c.id
WHERE c.id % 20 >= 15 AND c.alike_to IS NULL
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alochona-bench-") as folder, embedded_servers(Path(folder)) as urls:
        engine = make_engine(make_url(urls.database_url).render_as_string(hide_password=False))
        upgrade(engine)
        texts = [normalise(one.text) for one in made_up() if len(one.text) > 50][:500]
        _fill(engine, texts, given.comments)
        _measure(engine, texts)
        engine.dispose()


def _fill(engine: Engine, texts: Sequence[str], comments: int) -> None:
    start = time.perf_counter()
    with engine.begin() as connection:
        for statement in _WORLD.split(";\n")[:-1]:
            connection.execute(text(statement), {"all": comments, "texts": list(texts), "n": len(texts)})
        firsts = connection.execute(text(_FIRSTS)).all()
    bands = {written: sketch(written).bands() for written in {row.normalised for row in firsts}}
    keyed = [Keyed(row.id, 1, bands[row.normalised]) for row in firsts]
    for at in range(0, len(keyed), 5_000):
        with engine.begin() as connection:
            likenesses.lead(connection, keyed[at : at + 5_000])
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        held, followers, keys = connection.execute(
            text(
                "SELECT count(*), count(alike_to), (SELECT count(*) FROM likeness_bands) FROM comments"
                " WHERE state = 'held'"
            )
        ).one()
    print(f"{comments:,} comments, {held:,} held, {followers:,} of these in waves; {keys:,} keys", end="; ")
    print(f"made in {time.perf_counter() - start:.0f} s")


def _measure(engine: Engine, texts: Sequence[str]) -> None:
    now, view = datetime.now(UTC), View(0, [1])
    with engine.connect() as connection:
        big = queue_rows.page(connection, View(0, [1], Sort.ALIKE), limit=26, now=now)
        past = f"{texts[0]} 2000"
        find = partial(likenesses.precedents, connection, 1, 0)
        measured: dict[str, Callable[[], object]] = {
            f"list, {sort}": partial(queue_rows.page, connection, View(0, [1], sort), limit=26, now=now)
            for sort in Sort
        }
        measured |= {
            "course of the waves of the largest page": partial(
                alike_groups.arrivals, connection, [(row.group_id, 1) for row in big if row.alike > 1]
            ),
            "100 members of the largest wave": partial(
                alike_groups.members, connection, 1, big[0].group_id, moderator_id=0, now=now, most=101
            ),
            "size of the largest wave": partial(alike_groups.size, connection, 1, big[0].group_id),
            "precedents of a card": partial(recalling.recall, past, find),
            "news": partial(queue_rows.news, connection, view, since=now, now=now),
        }
        for name, act in measured.items():
            _tell(name, _times(act), _plans(connection, act))
    fresh = [Wording(10_000_000 + at, 1, f"{one} 77{at}") for at, one in enumerate(texts[:BATCH])]
    changed = [Wording(20_000_000 + at, 1, f"সম্পূর্ণ নতুন {at} {one[::-1]}") for at, one in enumerate(texts[:BATCH])]
    with engine.connect() as connection:
        for name, some in (("joining", fresh), ("beginning one each", changed)):
            act = partial(_grouped, connection, some)
            times = _times(act, rounds=9)
            _tell(f"grouping {BATCH} held comments, {name}", times, _plans(connection, act))
            print(f"    that is {statistics.median(times) / BATCH * 1e3:.0f} µs a held comment")


def _grouped(connection: Connection, wordings: Sequence[Wording]) -> object:
    """Grouped, and taken back."""
    nested = connection.begin_nested()
    try:
        return grouping.group(UnitOfWork(connection), wordings)
    finally:
        nested.rollback()


def _times(act: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def _plans(connection: Connection, act: Callable[[], object]) -> list[str]:
    """The plans of the statements that an act sends."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    act()
    event.remove(connection, "before_cursor_execute", note)
    read = [one for one in sent if one[0].lstrip().startswith(("SELECT", "WITH"))]
    return ["\n".join(connection.exec_driver_sql(f"EXPLAIN {one}", given).scalars()) for one, given in read]


def _tell(name: str, times: Sequence[float], plans: Sequence[str]) -> None:
    whole = {line.strip() for plan in plans for line in plan.splitlines() if "Seq Scan on" in line}
    small = ("sites", "moderators", "skips", "claims", "audit_sample", "escalations")
    large = [line for line in whole if not any(f" on {one}" in line for one in small)]
    told = f" READS WHOLE TABLES: {large}" if large else ""
    print(f"{name}: {statistics.median(times):.1f} ms (worst {max(times):.1f}){told}")


if __name__ == "__main__":
    main()
