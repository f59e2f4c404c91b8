"""A desk with as many comments as asked for, made by SQL: what `dashboard.py` measures on.

Stories and authors are crowded as they are in life (a few have most of the comments). Of all comments 5% are held, 7%
rejected and the rest published; one in twenty decisions was a person's. The words are those of the demo's discussion,
shuffled, and scores are drawn so that most are low.
"""

import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text

DISCUSSION: Final = Path(__file__).parent.parent / "moderation" / "demo" / "discussion.json"
RARE: Final = "বিরলশব্দ"
"""Stands in one comment of ten thousand."""

_STEPS: Final = {
    "stories": """
        INSERT INTO stories (site_id, ext_id, url, title, section, created_at)
        SELECT :site, 's' || n, 'https://khobor.example/' || n, 'নির্বাচন নিয়ে আলোচনা ' || n, 'জাতীয়',
               now() - n * interval '1 hour'
        FROM generate_series(1, greatest(1, :size / 200)) n""",
    "authors": """
        INSERT INTO authors (site_id, ext_id, name, published, rejected)
        SELECT :site, 'a' || n, 'পাঠক ' || n, 9, 1 FROM generate_series(1, greatest(1, :size / 10)) n""",
    "comments": """
        INSERT INTO comments (public_id, site_id, ext_id, story_id, author_id, parent_ext_id, state, priority, script,
                              label, created_at, received_at, state_at)
        SELECT gen_random_uuid(), :site, 'c' || n,
               (SELECT min(id) FROM stories) + floor(power(random(), 3) * greatest(1, :size / 200))::bigint,
               (SELECT min(id) FROM authors) + floor(power(random(), 2) * greatest(1, :size / 10))::bigint,
               CASE WHEN n % 3 = 0 AND n > 1 THEN 'c' || (n - 1) END,
               CASE WHEN lot < 0.05 THEN 'held' WHEN lot < 0.12 THEN 'rejected' ELSE 'published' END,
               random(), (ARRAY['bn', 'bn', 'bn-Latn', 'en', 'mixed'])[1 + n % 5],
               CASE WHEN lot < 0.05 THEN (ARRAY['toxicity', 'insult', 'threat', 'identity_attack'])[1 + n % 4] END,
               at, at, at
        FROM (SELECT n, random() AS lot, now() - (:size - n) * (interval '60 days' / :size) AS at
              FROM generate_series(1, :size) n) drawn""",
    "revisions": """
        INSERT INTO revisions (comment_id, n, text, normalised, script, written_at)
        SELECT id, 1, body, body, script, created_at
        FROM (SELECT c.id, c.script, c.created_at,
                     (SELECT string_agg((CAST(:words AS text[]))[1 + floor(random() * :count)::int], ' ')
                      FROM generate_series(1, 4 + (c.id % 17)::int))
                     || CASE WHEN c.id % 10000 = 7 THEN ' ' || :rare ELSE '' END AS body
              FROM comments c) told""",
    "scores": """
        INSERT INTO scores (revision_id, bundle_id, toxicity, insult, profanity, identity_attack, threat,
                            sexually_explicit, spam, at)
        SELECT r.id, :bundle, high, high * 0.7, high * 0.3, high * 0.4,
               greatest(1e-6, power(random(), 6)), greatest(1e-6, power(random(), 9)),
               greatest(1e-6, power(random(), 9)), c.created_at
        FROM (SELECT id, comment_id, greatest(1e-6, power(random(), 4)) AS high FROM revisions) r
        JOIN comments c ON c.id = r.comment_id""",
    "outcomes": """
        INSERT INTO outcomes (revision_id, policy_version, action, rule, label, value, threshold, checks, applied, at)
        SELECT s.revision_id, 0, CASE c.state WHEN 'held' THEN 'hold' WHEN 'rejected' THEN 'reject' ELSE 'publish' END,
               CASE WHEN c.label IS NULL THEN 'publish' ELSE 'threshold' END, c.label, s.toxicity, 0.6,
               json_build_array(json_build_object('rule', 'threshold', 'label', coalesce(c.label, 'toxicity'),
                   'value', s.toxicity, 'threshold', 0.6, 'detail', '',
                   'action', CASE WHEN c.label IS NULL THEN 'publish' ELSE 'hold' END)),
               true, c.created_at
        FROM scores s JOIN revisions r ON r.id = s.revision_id JOIN comments c ON c.id = r.comment_id""",
    "decisions": """
        INSERT INTO decisions (public_id, site_id, comment_id, version, revision, verdict, labels, actor, moderator_id,
                               bundle_id, outcome_id, at)
        SELECT gen_random_uuid(), c.site_id, c.id, 1, 1, CASE c.state WHEN 'rejected' THEN 'reject' ELSE 'approve' END,
               CASE c.state WHEN 'rejected' THEN ARRAY['insult'] ELSE ARRAY[]::text[] END,
               CASE WHEN c.id % 20 = 0 THEN 'moderator' ELSE 'classifier' END,
               CASE WHEN c.id % 20 = 0 THEN (SELECT min(id) FROM moderators) END, :bundle, o.id, c.state_at
        FROM comments c JOIN revisions r ON r.comment_id = c.id JOIN outcomes o ON o.revision_id = r.id
        WHERE c.state <> 'held'""",
    "standing decisions": """
        UPDATE comments c SET standing_decision_id = d.id, version = 1 FROM decisions d WHERE d.comment_id = c.id""",
    "callbacks": """
        INSERT INTO callbacks (site_id, endpoint_id, comment_id, decision_id, webhook_id, type, version, payload, state,
                               due_at, attempts, created_at, done_at)
        SELECT d.site_id, (SELECT min(id) FROM endpoints), d.comment_id, d.id, 'msg_' || d.id, 'comment.decided', 1,
               '{}', 'delivered', d.at, 1, d.at, d.at
        FROM decisions d WHERE d.id % 5 = 0""",
    "scores of what is held": """
        UPDATE comments c SET label_score = s.toxicity FROM revisions r JOIN scores s ON s.revision_id = r.id
        WHERE c.state = 'held' AND c.label IS NOT NULL AND r.comment_id = c.id""",
    "heaps of scores": """
        INSERT INTO score_tallies (site_id, day, label, script, rest, bin, scored, published, rejected)
        SELECT c.site_id, current_date - (c.id % 40)::int, l.label, c.script,
               CASE c.state WHEN 'held' THEN 'hold' WHEN 'rejected' THEN 'reject' ELSE 'publish' END,
               CASE l.label WHEN 'overall' THEN 0 ELSE least(99, floor(100 * l.score)) END, count(*),
               count(*) FILTER (WHERE c.id % 20 = 0 AND c.state = 'published'),
               count(*) FILTER (WHERE c.id % 20 = 0 AND c.state = 'rejected')
        FROM comments c JOIN revisions r ON r.comment_id = c.id JOIN scores s ON s.revision_id = r.id
        CROSS JOIN LATERAL (VALUES ('overall', 0), ('toxicity', s.toxicity), ('insult', s.insult),
            ('profanity', s.profanity), ('identity_attack', s.identity_attack), ('threat', s.threat),
            ('sexually_explicit', s.sexually_explicit), ('spam', s.spam)) l(label, score)
        WHERE c.script IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6""",
}


def words() -> list[str]:
    comments = json.loads(DISCUSSION.read_text(encoding="utf-8"))["comments"]
    return sorted({word for one in comments for word in unicodedata.normalize("NFC", one["body"]).split()})


def fill(engine: Engine, site_slug: str, size: int, say: Callable[[str], None]) -> None:
    """Makes ``size`` comments of a site that is enrolled, with an endpoint, a person and a live bundle."""
    used = words()
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL work_mem = '128MB'"))
        connection.execute(text("SELECT setseed(0.42)"))
        given = {
            "site": _number(connection, "SELECT id FROM sites WHERE slug = :slug", slug=site_slug),
            "bundle": _number(connection, "SELECT max(id) FROM bundles"),
            "size": size,
            "words": used,
            "count": len(used),
            "rare": RARE,
        }
        for name, statement in _STEPS.items():
            began = time.perf_counter()
            wanted = {key: value for key, value in given.items() if f":{key}" in statement}
            connection.execute(text(statement), wanted)
            say(f"{name}: {time.perf_counter() - began:.0f} s")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))


def _number(connection: Connection, statement: str, **given: object) -> int:
    return int(connection.execute(text(statement), given).scalar_one())
