"""``terms``: the term lists of a site, their versions, and what they hit."""

from pathlib import Path

import click
from sqlalchemy import Connection

from moderation.commands.files import read_text
from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_table
from moderation.domain import term_document, term_lines
from moderation.domain.errors import NotFoundError
from moderation.domain.keeper import OPERATOR
from moderation.domain.term_lists import Hit
from moderation.domain.vocabulary import ListAction
from moderation.steps import listing_terms
from moderation.store import enrolments, policies, term_lists
from moderation.store.term_lists import Listed

_HERE = "moderation.commands.terms"
_VERSIONS_SHOWN = 50

terms = LazyGroup(
    name="terms",
    help="The term lists of a site: show, set, try out, go back.",
    lazy={
        "list": (f"{_HERE}:list_lists", "The lists of a site, and what each does."),
        "show": (f"{_HERE}:show", "The terms of a list, a line each, as `set` reads them."),
        "set": (f"{_HERE}:set_list", "Replace a list by the lines of a file."),
        "history": (f"{_HERE}:history", "Who changed a list, when and why."),
        "restore": (f"{_HERE}:restore", "Make an old version of a list the newest one."),
        "test": (f"{_HERE}:test", "What a site's lists hit in a text."),
    },
)
_site = click.argument("site_slug", metavar="SITE")
_name = click.argument("name", metavar="LIST")
_note = click.option("--note", default="", help="The reason, for the record.")


def lines(connection: Connection, listed: Listed, n: int | None = None) -> list[str]:
    """A version's terms as lines; the one that counts without ``n``."""
    document = term_lists.document(connection, listed.id, n or listed.version.n)
    return [term_lines.line_of(term, "en") for term in term_document.list_of(listed.name, document).terms]


@click.command("list")
@_site
@json_option
def list_lists(*, site_slug: str, as_json: bool) -> None:
    """The term lists of SITE."""
    with opened() as runtime, runtime.reading() as connection:
        found = term_lists.lists(connection, [enrolments.site(connection, site_slug).id])
    if as_json:
        say_json(
            [
                {
                    "list": one.name,
                    "action": one.version.action.value,
                    "terms": one.version.size,
                    "version": one.version.n,
                }
                for one in found
            ]
        )
        return
    rows = [(one.name, one.version.action.value, str(one.version.size), str(one.version.n)) for one in found]
    say_table(("list", "action", "terms", "version"), rows)


@click.command()
@_site
@_name
@click.option("--version", "n", type=click.IntRange(1), help="An older version.")
def show(*, site_slug: str, name: str, n: int | None) -> None:
    """The terms of LIST at SITE."""
    with opened() as runtime, runtime.reading() as connection:
        for line in lines(connection, _listed(connection, site_slug, name), n):
            click.echo(line)


@click.command("set")
@_site
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "name", default="default", show_default=True, help="The list's name.")
@click.option(
    "--action",
    type=click.Choice([action.value for action in ListAction]),
    help="What it does with a comment that it hits; without it as before, and hold for a new list.",
)
@_note
@json_option
def set_list(*, site_slug: str, path: Path, name: str, action: str | None, note: str, as_json: bool) -> None:
    """Make the lines of FILE a term list of SITE; an empty file empties the list."""
    with opened() as runtime:
        count = listing_terms.set_terms(
            runtime.work,
            site_slug=site_slug,
            name=name,
            terms=read_text(path).splitlines(),
            action=ListAction(action) if action else None,
            note=note,
        )
    if as_json:
        say_json({"site": site_slug, "list": name, "terms": count})
        return
    click.echo(
        f"{site_slug}: the list {name} has {count} terms." if count else f"{site_slug}: the list {name} is empty."
    )


@click.command()
@_site
@_name
@json_option
def history(*, site_slug: str, name: str, as_json: bool) -> None:
    """The newest versions of LIST at SITE."""
    with opened() as runtime, runtime.reading() as connection:
        listed = _listed(connection, site_slug, name)
        versions = term_lists.history(connection, listed.id, before=None, limit=_VERSIONS_SHOWN)
    rows = [
        (str(one.n), one.action.value, str(one.size), one.author, f"{one.at:%Y-%m-%d %H:%M}", one.note)
        for one in versions
    ]
    names = ("version", "action", "terms", "by", "at", "note")
    if as_json:
        say_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    say_table(names, rows)


@click.command()
@_site
@_name
@click.argument("n", metavar="VERSION", type=click.IntRange(1))
@_note
def restore(*, site_slug: str, name: str, n: int, note: str) -> None:
    """Make VERSION of LIST at SITE the newest one; nothing is lost."""
    with opened() as runtime:
        with runtime.reading() as connection:
            listed = _listed(connection, site_slug, name)
        newest = listing_terms.restore(
            runtime.work, listed=listed, n=n, note=note, expected=listed.version.n, by=OPERATOR
        )
    click.echo(f"{site_slug}: version {newest} of the list {name} is as version {n} was.")


@click.command()
@_site
@click.argument("text")
@json_option
def test(*, site_slug: str, text: str, as_json: bool) -> None:
    """What the term lists of SITE hit in TEXT."""
    with opened() as runtime, runtime.reading() as connection:
        site = enrolments.site(connection, site_slug)
        matcher = policies.rules_of(connection, [site.id])[site.id].terms
    hits = listing_terms.try_out(matcher, text).hits
    if as_json:
        say_json([_told(hit) for hit in hits])
        return
    if not hits:
        click.echo("Nothing is hit.")
        return
    names = tuple(_told(hits[0]))
    say_table(names, [tuple(str(value) for value in _told(hit).values()) for hit in hits])


def _told(hit: Hit) -> dict[str, object]:
    return {
        "form": hit.form,
        "term": hit.term,
        "ending": hit.ending,
        "other spelling": hit.variant,
        "list": hit.list_name,
        "action": hit.action.value,
    }


def _listed(connection: Connection, site_slug: str, name: str) -> Listed:
    found = term_lists.named(connection, enrolments.site(connection, site_slug).id, name)
    if found is None:
        raise NotFoundError(f"{site_slug} has no term list {name!r}. See `terms list {site_slug}`.")
    return found
