"""The moderators' dashboard: log in, the review queue, one comment's card, one for comments that are
alike, the latest decisions, what was told to the sites, how well the classifier does, the bundles, the policy, the term
lists, the people, one's own account.

Views translate and never decide: they read a form, call one step, and show a page. Every view but the way in asks for a
session; every change is a POST with a token that is bound to it.
"""

from moderation.web.dashboard import (
    account,
    admission,
    alike,
    authors,
    bundles,
    card_acts,
    card_panels,
    cards,
    claiming,
    decisions,
    deliveries,
    desk_days,
    figures,
    handover,
    holding,
    notices,
    palette,
    people,
    policy,
    policy_words,
    review_list,
    score_range,
    search,
    sites,
    stories,
    stylesheet,
    term_lists,
)
from moderation.web.dashboard.blueprint import dashboard

__all__ = [
    "account",
    "admission",
    "alike",
    "authors",
    "bundles",
    "card_acts",
    "card_panels",
    "cards",
    "claiming",
    "dashboard",
    "decisions",
    "deliveries",
    "desk_days",
    "figures",
    "handover",
    "holding",
    "notices",
    "palette",
    "people",
    "policy",
    "policy_words",
    "review_list",
    "score_range",
    "search",
    "sites",
    "stories",
    "stylesheet",
    "term_lists",
]
