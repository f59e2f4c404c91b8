"""The table of all commands; each is imported when it is called."""

from typing import Final

from moderation.commands.groups import LazyGroup

_HERE: Final = "moderation.commands"

program: Final = LazyGroup(
    name="moderation",
    help="Alochona: moderates readers' comments. Settings come from the environment; docs/settings.md lists them.",
    lazy={
        "serve": (f"{_HERE}.serve:serve", "Start the service: web, workers, beat, and servers where none are given."),
        "migrate": (f"{_HERE}.migrate:migrate", "Bring the database to this version, with its starter bundle."),
        "enrol": (f"{_HERE}.enrol:enrol", "Enrol a site, a moderator or a further API key."),
        "secrets": (f"{_HERE}.rotate_secrets:secrets", "Rotate a site's signing secrets."),
        "sites": (f"{_HERE}.sites:sites", "The sites: list them, change an address, end secrets and keys."),
        "policy": (f"{_HERE}.policy:policy", "Show or set what holds and rejects a site's comments."),
        "terms": (f"{_HERE}.terms:terms", "The term lists of a site: show, set, try out, go back."),
        "bundles": (f"{_HERE}.bundles:bundles", "List, import, promote and roll back trained bundles."),
        "retrain": (f"{_HERE}.retrain:retrain", "Teach a bundle from decisions and files, measure it, and promote."),
        "gold": (f"{_HERE}.gold:gold", "The frozen sets that every new bundle is measured on."),
        "group": (f"{_HERE}.group:group", "Group alike comments that were stored before an upgrade."),
        "callbacks": (f"{_HERE}.callbacks:callbacks", "List deliveries, and replay those that were parked."),
        "status": (f"{_HERE}.status:status", "What waits, what is live, and what is wrong."),
    },
)
