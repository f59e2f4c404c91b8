"""From stored to decided, in comments a second: the product's own scoring step against what people usually write.

The peer takes one row a transaction and scores it with scikit-learn's own chain: ``TfidfVectorizer`` over characters
and words, then logistic regression, once with the product's seven labels (like for like, the ratio that counts) and
once with a single one. It keeps the scores and a message. The product scores seven labels, applies the policy, and
writes scores, outcomes, decisions and callbacks. Both work on the same embedded PostgreSQL, in one process, turn by
turn.
"""

import argparse
import gc
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psycopg
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sqlalchemy import insert, make_url

from classifiers import load_bundle
from moderation.domain.event import AuthorFacts, Created, Delivery, StoryFacts
from moderation.domain.vocabulary import BodyFormat, Label, Mode
from moderation.embedded import embedded_servers
from moderation.live_classifier import LiveBundle
from moderation.migrations import upgrade
from moderation.runtime import make_engine
from moderation.steps import receiving, scoring
from moderation.store.schema import Bundle, Endpoint, Site
from moderation.store.unit_of_work import Work, work_on

HOUSE = Path(__file__).resolve().parent.parent
DISCUSSION = HOUSE / "moderation" / "demo" / "discussion.json"
STARTER = HOUSE / "classifiers" / "bundles" / "starter.alochona"

PEER_TABLES = """
CREATE TABLE peer_comments (
    id bigserial PRIMARY KEY,
    body text NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    scores real[]
);
CREATE INDEX ON peer_comments (id) WHERE state = 'waiting';
CREATE TABLE peer_outbox (id bigserial PRIMARY KEY, comment_id bigint NOT NULL, payload jsonb NOT NULL);
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--comments", type=int, default=4000, help="a round of ours; the peer gets a tenth")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alochona-bench-") as folder, embedded_servers(Path(folder)) as servers:
        engine = make_engine(servers.database_url)
        upgrade(engine)
        ours = Ours(work_on(engine, lambda _job: None))
        plain_url = make_url(servers.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain_url) as connection:
            gc.freeze()  # what scikit-learn brought is no garbage; a worker of ours never loads it
            report(Peer(connection), ours, given.rounds, given.comments)
        engine.dispose()


def report(peer: "Peer", ours: "Ours", rounds: int, count: int) -> None:
    ratios: dict[int, list[float]] = {len(Label): [], 1: []}
    ours.round(1000)
    for n in range(rounds):
        fast = ours.round(count)
        said = f"round {n + 1}: ours {fast:,.0f}/s"
        for labels, found in ratios.items():
            slow = peer.round(labels, max(1, count // 10))
            found.append(fast / slow)
            said += f"; one row a commit, {labels} label{'s' * (labels > 1)} {slow:,.0f}/s, ratio {fast / slow:.1f}"
        print(said)
    print(f"median ratio {statistics.median(ratios[len(Label)]):.1f} (wanted: at least 15)", end="; ")
    print(f"against a peer that scores a single label {statistics.median(ratios[1]):.1f}")


_fresh = itertools.count(1)


def texts(count: int) -> list[str]:
    """The sample discussion's bodies, made different from each other by a number."""
    document = json.loads(DISCUSSION.read_text(encoding="utf-8"))
    bodies = [comment["body"] for comment in document["comments"]]
    return [f"{bodies[n % len(bodies)]} {next(_fresh)}" for n in range(count)]


def timed(count: int, work: Callable[[], int]) -> float:
    """Comments a second."""
    started = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - started
    assert done == count, f"{done} of {count} were decided"
    return count / seconds


class Peer:
    """One row a commit, with scikit-learn."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        connection.execute(PEER_TABLES)
        connection.commit()
        self._chains = {labels: _fitted(labels) for labels in (1, len(Label))}

    def round(self, labels: int, count: int) -> float:
        with self._connection.cursor() as cursor:
            cursor.executemany("INSERT INTO peer_comments (body) VALUES (%s)", [(one,) for one in texts(count)])
        self._connection.commit()
        return timed(count, lambda: self._drain(self._chains[labels]))

    def _drain(self, chain: Pipeline) -> int:
        done = 0
        while self._decide_one(chain):
            done += 1
        return done

    def _decide_one(self, chain: Pipeline) -> bool:
        with self._connection.transaction():
            row = self._connection.execute(
                "SELECT id, body FROM peer_comments WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
            ).fetchone()
            if row is None:
                return False
            comment_id, body = row
            scores = chain.predict_proba([body])[0].tolist()
            state = "held" if max(scores) >= 0.6 else "published"
            self._connection.execute(
                "UPDATE peer_comments SET state = %s, scores = %s WHERE id = %s", (state, scores, comment_id)
            )
            self._connection.execute(
                "INSERT INTO peer_outbox (comment_id, payload) VALUES (%s, %s)",
                (comment_id, json.dumps({"state": state, "scores": scores})),
            )
        return True


def _fitted(labels: int) -> Pipeline:
    """Fitted to noise: what it decides does not matter here, only how long it takes."""
    features = FeatureUnion(
        [
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5))),
            ("words", TfidfVectorizer(ngram_range=(1, 2))),
        ]
    )
    bodies = texts(2000)
    noise = [[(n >> label) & 1 for label in range(labels)] for n in range(len(bodies))]
    return make_pipeline(features, OneVsRestClassifier(LogisticRegression(max_iter=200))).fit(bodies, np.array(noise))


class Ours:
    """The scoring step of the product, on a publish-first site with one callback address."""

    def __init__(self, work: Work) -> None:
        self._work = work
        bundle = load_bundle(STARTER)
        with work() as unit:
            self._site_id = unit.connection.execute(
                insert(Site)
                .values(slug="bench", name="Bench", url="https://bench.example", mode=Mode.PUBLISH_FIRST.value)
                .returning(Site.id)
            ).scalar_one()
            unit.connection.execute(insert(Endpoint).values(site_id=self._site_id, url="https://bench.example/cb"))
            bundle_id = unit.connection.execute(
                insert(Bundle)
                .values(name="bench", digest=bundle.digest, content=b"", card=bundle.card, metrics={}, origin="bench")
                .returning(Bundle.id)
            ).scalar_one()
        self._live = LiveBundle(bundle_id, bundle)

    def round(self, count: int) -> float:
        bodies = texts(count)
        for start in range(0, count, 500):
            deliveries = [_delivery(f"c{next(_fresh)}", body) for body in bodies[start : start + 500]]
            receipts = receiving.receive(self._work, self._site_id, deliveries)
            assert all(receipt.error is None for receipt in receipts)
        return timed(
            count, lambda: scoring.score_comments(self._work, lambda: self._live, now=lambda: datetime.now(UTC))
        )


def _delivery(comment_id: str, body: str) -> Delivery:
    created = Created(
        comment_id=comment_id,
        story=StoryFacts("s1", "https://bench.example/s1", "গল্প", "জাতীয়"),
        author=AuthorFacts(f"a{comment_id[-2:]}", "পাঠক"),
        parent_id=None,
        body=body,
        format=BodyFormat.PLAIN,
        language=None,
        created_at=datetime.now(UTC),
    )
    return Delivery(f"msg_{comment_id}", comment_id.encode(), created)


if __name__ == "__main__":
    main()
