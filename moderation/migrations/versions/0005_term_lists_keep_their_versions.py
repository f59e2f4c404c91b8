"""Term lists keep their versions, with author and note; a list rejects, holds or marks, a term has switches.

The terms of before go on doing what they did: they hold, as they stand, without endings or other spellings.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ADD = sa.text("""
INSERT INTO term_list_versions (list_id, n, action, size, document, digest, author, note, at)
VALUES (:list_id, 1, 'hold', :size, CAST(:document AS json), :digest, 'operator', '', :at)
""")


def upgrade() -> None:
    op.create_table(
        "term_list_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["term_lists.id"], name=op.f("fk_term_list_versions_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_list_versions")),
        sa.UniqueConstraint("list_id", "n", name=op.f("uq_term_list_versions_list_id_n")),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, terms, updated_at FROM term_lists")):
        connection.execute(_ADD, {"list_id": row.id, "at": row.updated_at, **_version(row.terms)})
    op.add_column("term_lists", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("term_lists", "version", server_default=None)
    op.alter_column("term_lists", "updated_at", new_column_name="created_at")
    op.drop_column("term_lists", "terms")


def _version(terms: list[str]) -> dict[str, object]:
    document = {"action": "hold", "terms": [{"term": term, "match": "exact"} for term in terms]}
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return {"size": len(terms), "document": json.dumps(document, ensure_ascii=False), "digest": digest}


def downgrade() -> None:
    op.add_column("term_lists", sa.Column("terms", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.alter_column("term_lists", "terms", server_default=None)
    op.alter_column("term_lists", "created_at", new_column_name="updated_at")
    op.execute("""
        UPDATE term_lists l
        SET updated_at = v.at,
            terms = ARRAY(SELECT t ->> 'term' FROM json_array_elements(v.document -> 'terms') WITH ORDINALITY AS e(t, o)
                          ORDER BY o)
        FROM term_list_versions v WHERE v.list_id = l.id AND v.n = l.version
    """)
    # A list that only marked, or that was emptied, has no like before.
    op.execute("""
        UPDATE term_lists l SET terms = '{}' FROM term_list_versions v
        WHERE v.list_id = l.id AND v.n = l.version AND v.action = 'mark'
    """)
    op.drop_table("term_list_versions")
    op.execute("DELETE FROM term_lists WHERE terms = '{}'")
    op.drop_column("term_lists", "version")
