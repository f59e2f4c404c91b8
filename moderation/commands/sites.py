"""``sites``: what each site is known and reached by, and changing it."""

from typing import Any

import click

from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_pairs, say_table
from moderation.steps import keeping_sites
from moderation.store import credentials, enrolments
from moderation.store import sites as stored

_HERE = "moderation.commands.sites"

sites = LazyGroup(
    name="sites",
    help="The sites: list them, change an address, end secrets and keys.",
    lazy={
        "list": (f"{_HERE}:list_sites", "All sites with their modes and addresses."),
        "show": (f"{_HERE}:show", "A site's address, secrets and keys, by their hints."),
        "callback": (f"{_HERE}:callback", "Send a site's callbacks to another address."),
        "rotate": ("moderation.commands.rotate_secrets:rotate", "Make a new secret; the same as `secrets rotate`."),
        "end-secret": (f"{_HERE}:end_secret", "End an old secret before its time."),
        "key": ("moderation.commands.enrol:key", "A further API key; the same as `enrol key`."),
        "revoke-key": (f"{_HERE}:revoke_key", "End an API key."),
    },
)
_site = click.argument("site_slug", metavar="SITE")


@click.command("list")
@json_option
def list_sites(*, as_json: bool) -> None:
    """List all sites."""
    with opened() as runtime, runtime.reading() as connection:
        rows: list[dict[str, Any]] = [
            {
                "site": one.slug,
                "name": one.name,
                "mode": one.mode.value,
                "callbacks": [address.url for address in stored.endpoints_of(connection, one.id)],
            }
            for one in enrolments.sites(connection)
        ]
    if as_json:
        say_json(rows)
        return
    say_table(
        ("site", "name", "mode", "callbacks go to"),
        [(row["site"], row["name"], row["mode"], ", ".join(row["callbacks"]) or "none") for row in rows],
    )


@click.command()
@_site
@json_option
def show(*, site_slug: str, as_json: bool) -> None:
    """Show what SITE is known and reached by. Of secrets and keys only the last characters are told."""
    with opened() as runtime, runtime.reading() as connection:
        site = enrolments.site(connection, site_slug)
        addresses = stored.endpoints_of(connection, site.id)
        secrets = credentials.secrets_in_use(connection, site.id, runtime.now())
        keys = credentials.keys_in_use(connection, site.id)
    rows: list[tuple[str, int, str, str, str]] = [
        (f"{one.purpose.value} secret", one.id, one.hint, one.valid_from.isoformat(timespec="seconds"), _end(one))
        for one in secrets
    ]
    rows += [("key", one.id, one.hint, one.created_at.isoformat(timespec="seconds"), "") for one in keys]
    if as_json:
        names = ("what", "id", "hint", "since", "until")
        say_json(
            {
                "site": site.slug,
                "mode": site.mode.value,
                "callbacks": [one.url for one in addresses],
                "credentials": [dict(zip(names, row, strict=True)) for row in rows],
            }
        )
        return
    say_pairs([("site", site.slug), ("mode", site.mode.value), *(("callbacks go to", one.url) for one in addresses)])
    say_table(("what", "id", "ends in", "since", "until"), rows)


def _end(secret: credentials.KnownSecret) -> str:
    return secret.valid_to.isoformat(timespec="seconds") if secret.valid_to else ""


@click.command()
@_site
@click.argument("url")
@click.option("--of", "before", help="The address that is to be changed, where the site has several.")
def callback(*, site_slug: str, url: str, before: str | None) -> None:
    """Send SITE's callbacks to URL from now on, those under way too."""
    with opened() as runtime:
        keeping_sites.change_callback(
            runtime.work, site_slug=site_slug, url=url, check=runtime.callback_client.check_url, before=before
        )
    click.echo(f"Callbacks of {site_slug} go to {url}.")


@click.command("end-secret")
@_site
@click.argument("secret_id", metavar="ID", type=int)
def end_secret(*, site_slug: str, secret_id: int) -> None:
    """End the secret ID of SITE now. `sites show` tells the ids; the last valid one cannot be ended."""
    with opened() as runtime:
        keeping_sites.end_secret(runtime.work, site_slug=site_slug, secret_id=secret_id, now=runtime.now())
    click.echo(f"The secret {secret_id} of {site_slug} has ended.")


@click.command("revoke-key")
@_site
@click.argument("key_id", metavar="ID", type=int)
def revoke_key(*, site_slug: str, key_id: int) -> None:
    """End the API key ID of SITE now. `sites show` tells the ids."""
    with opened() as runtime:
        keeping_sites.revoke_key(runtime.work, site_slug=site_slug, key_id=key_id, now=runtime.now())
    click.echo(f"The key {key_id} of {site_slug} was revoked.")
