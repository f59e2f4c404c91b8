"""The pages that the bar leads to, for whom, and in which group: the one list of them."""

from dataclasses import dataclass
from typing import Final

from moderation.domain.permission import Permission
from moderation.web.dashboard.code_words import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the bar. ``within`` names further endpoints that count as being on it."""

    endpoint: str
    title: str
    permission: Permission
    within: tuple[str, ...] = ()

    def is_at(self, endpoint: str | None) -> bool:
        return endpoint in {self.endpoint, *self.within}


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand together; the first group lies open in the bar, the others in its menu."""

    title: str
    entries: tuple[Entry, ...]


_OF_THE_QUEUE: Final = ("dashboard.card", "dashboard.alike", "dashboard.score_range", "dashboard.decide_range")

GROUPS: Final = (
    Group(
        N_("Work"),
        (
            Entry("dashboard.review", N_("Review queue"), Permission.READ_REVIEW_QUEUE, _OF_THE_QUEUE),
            Entry("dashboard.stories", N_("Stories"), Permission.READ_REVIEW_QUEUE, ("dashboard.story",)),
            Entry("dashboard.search", N_("Search"), Permission.READ_REVIEW_QUEUE, ("dashboard.author_page",)),
            Entry("dashboard.decisions", N_("Decisions"), Permission.READ_REVIEW_QUEUE),
            Entry("dashboard.handover", N_("Since you left"), Permission.READ_REVIEW_QUEUE, ("dashboard.leave_note",)),
            Entry("dashboard.figures", N_("Figures"), Permission.SEE_FIGURES),
        ),
    ),
    Group(
        N_("Rules"),
        (
            Entry(
                "dashboard.term_lists",
                N_("Term lists"),
                Permission.READ_REVIEW_QUEUE,
                (
                    "dashboard.term_list",
                    "dashboard.create_term_list",
                    "dashboard.save_term_list",
                    "dashboard.try_term_list",
                    "dashboard.restore_term_list",
                ),
            ),
            Entry(
                "dashboard.policies",
                N_("Policy"),
                Permission.READ_REVIEW_QUEUE,
                ("dashboard.policy", "dashboard.save_policy", "dashboard.try_policy", "dashboard.restore_policy"),
            ),
            Entry("dashboard.holding", N_("Hold everything"), Permission.HOLD_EVERYTHING),
        ),
    ),
    Group(
        N_("Installation"),
        (
            Entry("dashboard.deliveries", N_("Deliveries"), Permission.SEE_DELIVERIES),
            Entry("dashboard.people", N_("People"), Permission.MANAGE_PEOPLE, ("dashboard.person",)),
            Entry("dashboard.sites", N_("Sites"), Permission.MANAGE_SITE, ("dashboard.site",)),
            Entry(
                "dashboard.notices",
                N_("Notices"),
                Permission.MANAGE_SITE,
                ("dashboard.set_notices", "dashboard.try_channel"),
            ),
            Entry("dashboard.bundles", N_("Bundles"), Permission.SEE_BUNDLES, ("dashboard.bundle",)),
        ),
    ),
)


def groups_for(permissions: frozenset[Permission]) -> list[Group]:
    """What somebody with these permissions (at any site) may open; empty groups are left out."""
    chosen = [
        Group(group.title, tuple(entry for entry in group.entries if entry.permission in permissions))
        for group in GROUPS
    ]
    return [group for group in chosen if group.entries]
