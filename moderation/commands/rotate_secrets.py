"""``secrets rotate``: a new signing secret beside the old one, which ends after an overlap."""

from datetime import timedelta

import click

from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_pairs
from moderation.domain.vocabulary import SecretPurpose
from moderation.steps import enrolling

secrets = LazyGroup(
    name="secrets",
    help="Rotate a site's signing secrets.",
    lazy={"rotate": ("moderation.commands.rotate_secrets:rotate", "Make a new secret; the old one ends later.")},
)


@click.command()
@click.argument("site_slug", metavar="SITE")
@click.option("--purpose", type=click.Choice([one.value for one in SecretPurpose]), required=True)
@click.option(
    "--overlap",
    "overlap_hours",
    type=click.FloatRange(0, 24 * 365),
    default=24.0,
    show_default=True,
    help="Hours for which the old secret stays valid too.",
)
@json_option
def rotate(*, site_slug: str, purpose: str, overlap_hours: float, as_json: bool) -> None:
    """Make a new secret for SITE: for its webhooks, or for our callbacks."""
    overlap = timedelta(hours=overlap_hours)
    with opened() as runtime:
        now = runtime.now()
        secret = enrolling.rotate_secret(
            runtime.work,
            runtime.vault,
            site_slug=site_slug,
            purpose=SecretPurpose(purpose),
            overlap=overlap,
            now=now,
        )
    answer = {
        "site": site_slug,
        "purpose": purpose,
        "secret": secret,
        "old_valid_until": (now + overlap).isoformat(timespec="seconds"),
    }
    if as_json:
        say_json(answer)
        return
    say_pairs([*answer.items()])
    click.echo("Keep it now: it cannot be shown again.")
