"""What the command palette finds: stories, authors and comments of the visitor's own sites, by what was typed."""

from collections.abc import Iterator, Sequence
from typing import Final

from flask import request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.permission import Permission
from moderation.store import lookups
from moderation.store.lookups import AuthorFound, CommentFound, StoryFound
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.dashboard import wording
from moderation.web.dashboard.blueprint import dashboard, language, site_ids
from moderation.web.dashboard.code_words import N_

_MOST: Final = 5
_SHORTEST: Final = 2
_LONGEST: Final = 100
_LONGEST_SHOWN: Final = 90
KINDS: Final = {"story": N_("Story"), "author": N_("Author"), "comment": N_("Comment")}


@dashboard.get("/palette")
def palette() -> ResponseReturnValue:
    """``found``: what each is, what to show of it, and where it leads."""
    wanted = request.args.get("q", "").replace("\x00", "").strip()[:_LONGEST]
    if len(wanted) < _SHORTEST:
        return json_answer({"found": []})
    sites = site_ids(Permission.READ_REVIEW_QUEUE)
    with runtime().reading() as connection:
        comments = lookups.comments(connection, wanted, sites, limit=_MOST)
        stories = lookups.stories(connection, wanted, sites, limit=_MOST)
        authors = lookups.authors(connection, wanted, sites, limit=_MOST)
    return json_answer({"found": list(_entries(comments, stories, authors))})


def _entries(
    comments: Sequence[CommentFound], stories: Sequence[StoryFound], authors: Sequence[AuthorFound]
) -> Iterator[dict[str, str]]:
    for comment in comments:
        href = url_for("dashboard.card", public_id=comment.public_id)
        yield _entry("comment", f"{comment.ext_id}: {comment.text}", comment.site, href)
    for story in stories:
        yield _entry("story", story.title, story.site, url_for("dashboard.story", story_id=story.id))
    for author in authors:
        yield _entry("author", author.name, author.site, url_for("dashboard.author_page", author_id=author.id))


def _entry(kind: str, title: str, site: str, href: str) -> dict[str, str]:
    shown = " ".join(title[: 2 * _LONGEST_SHOWN].split())
    cut = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
    return {"kind": wording.translated(KINDS[kind], language()), "title": cut, "site": site, "href": href}
