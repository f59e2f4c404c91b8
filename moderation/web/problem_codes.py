"""Every ``code`` of a problem and of a fault within one, and what to do about it; /docs shows both tables."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class ProblemCode(NamedTuple):
    code: str
    status: int
    advice: str


PROBLEM_CODES: Final = (
    ProblemCode("bad_request", 400, "Mend the request: a header, the host name or the form is damaged."),
    ProblemCode("refused", 400, "Do what the detail says."),
    ProblemCode("not_json", 400, "Send one JSON document in UTF-8."),
    ProblemCode("missing_header", 401, "Send webhook-id, webhook-timestamp and webhook-signature."),
    ProblemCode("malformed_header", 401, "Give the headers the form that Standard Webhooks 1.0 describes."),
    ProblemCode("stale_timestamp", 401, "Sign each attempt with its own time, and check this machine's clock."),
    ProblemCode("wrong_signature", 401, "Sign the very bytes that are sent, with the secret of this site."),
    ProblemCode("unauthorized", 401, "Send the site's API key as a Bearer token."),
    ProblemCode("login_refused", 401, "Check the e-mail and the password, or ask an administrator for a new link."),
    ProblemCode("not_permitted", 403, "Log in with the role that this needs, from this service's own pages."),
    ProblemCode("not_found", 404, "Check the address, and whose API key it is."),
    ProblemCode("method_not_allowed", 405, "Use the method that the header Allow names."),
    ProblemCode("conflict", 409, "Several requests about one comment met; send this one again."),
    ProblemCode("webhook_id_reused", 409, "Give every event a webhook-id of its own."),
    ProblemCode("comment_differs", 409, "Send a changed text as comment.edited."),
    ProblemCode("already_exists", 409, "Choose another name, or use what is there."),
    ProblemCode("stale_decision", 409, "Load the comment again: it went on after you opened it."),
    ProblemCode("stale_policy", 409, "Load the policy again: somebody else saved it after you opened it."),
    ProblemCode("stale_list", 409, "Load the term list again: somebody else saved it after you opened it."),
    ProblemCode("claimed_by_another", 409, "Take the next comment; a colleague has this one open."),
    ProblemCode("undo_too_late", 409, "Decide anew: the site has heard of the decision."),
    ProblemCode("promotion_refused", 409, "Read the comparison, then teach more or promote another bundle."),
    ProblemCode("bundle_unusable", 409, "Choose another bundle; this one's file is damaged."),
    ProblemCode("link_expired", 410, "Ask an administrator for a new one-time link."),
    ProblemCode("body_too_large", 413, "One event may have 256 KB, a batch 4 MB."),
    ProblemCode("range_not_satisfiable", 416, "Ask for the whole file."),
    ProblemCode("invalid_value", 422, "Correct the fields that errors points to."),
    ProblemCode("unknown_type", 422, "Send one of the types described here."),
    ProblemCode("bad_url", 422, "Give the whole address of the callbacks, with https and its host."),
    ProblemCode("https_required", 422, "Give an address over https."),
    ProblemCode("port_refused", 422, "Use port 443, 8443 or 80, or have ALOCHONA_CALLBACK_ALLOW name this one."),
    ProblemCode("address_refused", 422, "Give a public address, or have ALOCHONA_CALLBACK_ALLOW name this one."),
    ProblemCode("unresolvable_host", 422, "Check the host's name: it has no address at the moment."),
    ProblemCode("code_refused", 401, "Enter the code that the device shows next, or a recovery code."),
    ProblemCode("login_delayed", 429, "Wait as long as Retry-After says, then log in."),
    ProblemCode("too_many_requests", 429, "Wait as long as Retry-After says, or send batches."),
    ProblemCode("internal_error", 500, "Tell the operator the X-Request-Id of the answer; sending again does no harm."),
    ProblemCode("secret_unreadable", 503, "Tell the operator; then send again after Retry-After seconds."),
    ProblemCode("decisions_under_way", 503, "Ask for the decisions again after Retry-After seconds."),
    ProblemCode("database_unavailable", 503, "Nothing was stored: send again after Retry-After seconds."),
)


FIELD_CODES: Final[Mapping[str, str]] = {
    "missing": "Add the field.",
    "unknown_field": "Take the field away, or correct its name.",
    "unknown_type": "Send one of the types described here.",
    "unknown_value": "Send one of the values described here.",
    "wrong_type": "Send the JSON type described here.",
    "wrong_form": "Follow the pattern described here.",
    "wrong_length": "Send 1 to 500 events in a batch.",
    "too_short": "Send at least one character or element.",
    "too_long": "Send no more than the length described here.",
    "nul_character": "Leave out the character U+0000.",
    "invalid_time": "Send a time as in RFC 3339, with its offset.",
    "time_out_of_range": "Check the clock: the year is too far off.",
    "invalid_ip": "Send an IPv4 or IPv6 address, or leave it out.",
    "invalid_number": "Send a whole number within the limits described here.",
    "labels_of_approved": "Labels say why a comment was rejected: leave them out when it was approved.",
    "not_an_object": "Send a JSON object here.",
    "not_a_boolean": "Send true or false here.",
    "out_of_range": "Send a number within the limits that the detail names.",
    "below_hold": "Let the threshold to reject be no lower than the one to hold.",
}
"""The ``code`` of each of a problem's ``errors``."""
