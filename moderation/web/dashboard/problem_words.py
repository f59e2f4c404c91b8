"""What a page says for each code of a problem: what happened, and what to do. Errors with a message of their own that
the catalogues know are told by that instead.
"""

from collections.abc import Mapping
from typing import Final

from moderation.web.dashboard.code_words import N_

PROBLEM_WORDS: Final[Mapping[str, str]] = {
    "refused": N_("This was refused. Go back, load the page again and repeat what you did."),
    "bad_request": N_("The browser's request was damaged. Load the page again and repeat what you did."),
    "not_found": N_("There is nothing at this address. Check it, or go back to the review queue."),
    "method_not_allowed": N_("This address does not do that. Go back and use the buttons of the page."),
    "body_too_large": N_("That was more than this service takes at once. Send less."),
    "range_not_satisfiable": N_("That part of the file does not exist. Load the page again."),
    "conflict": N_("Something else happened at the same moment. Load the page again and repeat what you did."),
    "stale_decision": N_("The comment changed after you opened it. Load it again."),
    "stale_list": N_("Somebody changed this list after you opened it. Load the page again."),
    "stale_policy": N_("Somebody changed this policy after you opened it. Load the page again."),
    "claimed_by_another": N_("A colleague has this comment open. Take the next one."),
    "undo_too_late": N_("It is too late to take this decision back. Open the comment and decide anew."),
    "already_exists": N_("There is one of that name already. Choose another name."),
    "webhook_id_reused": N_("The site sent two events under one id. Tell the site's developers."),
    "comment_differs": N_("The site sent this comment twice with different text. Tell the site's developers."),
    "not_permitted": N_("You may not do this with your role. Ask an administrator."),
    "login_refused": N_("E-mail or password is wrong. Try again, or ask an administrator for a new link."),
    "code_refused": N_("This code is wrong, too old or was used before. Take the next one that your device shows."),
    "login_delayed": N_("Too many wrong attempts. Wait a moment, then try again."),
    "link_expired": N_("This link was used before or is too old. Ask an administrator for a new one."),
    "invalid_value": N_("Something in the form does not fit. Correct it and send it again."),
    "promotion_refused": N_("This bundle was not promoted. Ask the operator to look at its report."),
    "bundle_unusable": N_("The bundle cannot be used. Tell the operator."),
    "decisions_under_way": N_("Decisions are being stored at this moment. Try again in a few seconds."),
    "too_many_requests": N_("Too many requests came at once. Wait a moment, then try again."),
    "secret_unreadable": N_("A secret of this site cannot be read on this server. Tell the operator."),
    "database_unavailable": N_("The database does not answer at the moment. Nothing was stored; try again shortly."),
    "internal_error": N_("Something went wrong on this server. Try again; if it stays so, tell the operator."),
}

TITLES: Final[Mapping[int, str]] = {
    400: N_("This did not arrive whole"),
    401: N_("Log in first"),
    403: N_("You may not do this"),
    404: N_("There is nothing here"),
    405: N_("This does not work here"),
    409: N_("Somebody was faster"),
    410: N_("This link is used up"),
    413: N_("That was too much"),
    422: N_("Something does not fit"),
    429: N_("A moment, please"),
    500: N_("Something went wrong here"),
    503: N_("Not available at the moment"),
}
OTHER_TITLE: Final = N_("This did not work")
