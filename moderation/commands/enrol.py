"""``enrol``: sites, moderators and API keys. What is secret is printed once and cannot be shown again."""

import click

from moderation.commands.groups import LazyGroup
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_pairs
from moderation.domain.vocabulary import Mode, Role
from moderation.steps import enrolling

enrol = LazyGroup(
    name="enrol",
    help="Enrol a site, a moderator or a further API key.",
    lazy={
        "site": ("moderation.commands.enrol:site", "A news site: prints its two signing secrets and its API key."),
        "moderator": ("moderation.commands.enrol:moderator", "A person: prints a one-time link to set a password."),
        "key": ("moderation.commands.enrol:key", "A further API key of a site."),
    },
)


@click.command()
@click.argument("slug")
@click.option("--name", required=True, help="The site's name, as moderators see it.")
@click.option("--url", required=True, help="The site's own address.")
@click.option("--callback", "callback_url", help="Where decisions are sent; none: the site asks for them itself.")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default=Mode.HOLD_FIRST.value,
    show_default=True,
    help="Whether comments stand until decided (publish_first), wait (hold_first), or are only scored (observe).",
)
@json_option
def site(*, slug: str, name: str, url: str, callback_url: str | None, mode: str, as_json: bool) -> None:
    """Enrol the site SLUG (its short name: a-z, 0-9 and -)."""
    with opened() as runtime:
        made = enrolling.enrol_site(
            runtime.work,
            runtime.vault,
            slug=slug,
            name=name,
            url=url,
            callback_url=callback_url,
            check_callback=runtime.callback_client.check_url,
            mode=Mode(mode),
            now=runtime.now(),
        )
        base_url = runtime.settings.base_url
    answer = {
        "site": made.slug,
        "webhook_secret": made.webhook_secret,
        "callback_secret": made.callback_secret,
        "api_key": made.api_key,
    }
    if as_json:
        say_json(answer)
        return
    say_pairs([*answer.items(), ("events go to", f"{base_url}/v1/sites/{made.slug}/events")])
    click.echo("Keep these now: they cannot be shown again.")


@click.command()
@click.argument("email")
@click.option("--site", "site_slug", help="The site's short name; without it the role holds at every site.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.MODERATOR.value)
@click.option("--name", help="The person's name, as colleagues see it.")
@json_option
def moderator(*, email: str, site_slug: str | None, role: str, name: str | None, as_json: bool) -> None:
    """Enrol the person with this EMAIL, or give one who is known a further role and a new link."""
    with opened() as runtime:
        token = enrolling.invite_moderator(
            runtime.work,
            runtime.vault,
            email=email,
            role=Role(role),
            site_slug=site_slug,
            name=name,
            now=runtime.now(),
        )
        link = f"{runtime.settings.base_url}/welcome/{token}"
    if as_json:
        say_json({"email": email.strip().lower(), "role": role, "site": site_slug, "link": link})
        return
    click.echo(link)
    click.echo(f"This link works once, for {enrolling.INVITATION_LASTS.days} days. It lets {email} set a password.")


@click.command()
@click.argument("site_slug", metavar="SITE")
@click.option("--revoke-others", is_flag=True, help="End all other keys of the site at once.")
@json_option
def key(*, site_slug: str, revoke_others: bool, as_json: bool) -> None:
    """Print a further API key of SITE."""
    with opened() as runtime:
        made = enrolling.issue_key(
            runtime.work, runtime.vault, site_slug=site_slug, now=runtime.now(), revoke_others=revoke_others
        )
    if as_json:
        say_json({"site": site_slug, "api_key": made})
        return
    say_pairs([("site", site_slug), ("api_key", made)])
    click.echo("Keep it now: it cannot be shown again.")
