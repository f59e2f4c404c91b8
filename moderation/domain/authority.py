"""Who may manage whom. A role at one site goes before the same person's role at every site.

Nobody manages themselves. So whoever takes power from somebody keeps their own, and no site is ever left without an
administrator: there is no act by which the last one could go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds; ``site_id`` is ``None`` for every site, present and to come."""

    site_id: int | None
    role: Role


def administers(held: Sequence[Held], site_id: int | None) -> bool:
    """Whether these roles let somebody manage the people of a site, or, for ``None``, those of every site."""
    roles = {one.site_id: one.role for one in held}
    role = roles.get(site_id, roles.get(None))
    return role is not None and permits(role, Permission.MANAGE_PEOPLE)


def governs(actor: Sequence[Held], person: Sequence[Held]) -> bool:
    """Whether a person's whole account is the actor's to open and close.

    It is only where the actor administers all that the person may enter. Else a new link or a closed account would
    reach into another desk.
    """
    if not person:
        return administers(actor, None)
    return all(administers(actor, one.site_id) for one in person)


def may_set_role(actor: Sequence[Held], person: Sequence[Held], site_id: int | None) -> bool:
    """Whether the actor may give or take the person's role there; who is at every site belongs to those who are too."""
    everywhere = any(one.site_id is None for one in person)
    return administers(actor, site_id) and (not everywhere or administers(actor, None))


def may_see(actor: Sequence[Held], person: Sequence[Held], site_ids: Sequence[int]) -> bool:
    """Whether the person stands in the actor's list: they can enter one of the sites that the actor administers."""
    if administers(actor, None) and not person:
        return True
    return any(
        administers(actor, site_id) and any(one.site_id in {site_id, None} for one in person) for site_id in site_ids
    )
