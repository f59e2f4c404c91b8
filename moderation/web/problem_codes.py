"""Every ``code`` of a problem that the webhook answers with, and what to do about it; /docs shows the table."""

from typing import Final, NamedTuple


class ProblemCode(NamedTuple):
    code: str
    status: int
    advice: str


PROBLEM_CODES: Final = (
    ProblemCode("not_json", 400, "Send one JSON document in UTF-8."),
    ProblemCode("missing_header", 401, "Send webhook-id, webhook-timestamp and webhook-signature."),
    ProblemCode("malformed_header", 401, "Give the headers the form that Standard Webhooks 1.0 describes."),
    ProblemCode("stale_timestamp", 401, "Sign each attempt with its own time, and check this machine's clock."),
    ProblemCode("wrong_signature", 401, "Sign the very bytes that are sent, with the secret of this site."),
    ProblemCode("unauthorized", 401, "Send the site's API key as a Bearer token."),
    ProblemCode("not_found", 404, "Check the address, and whose API key it is."),
    ProblemCode("method_not_allowed", 405, "Use the method that the header Allow names."),
    ProblemCode("conflict", 409, "Several requests about one comment met; send this one again."),
    ProblemCode("webhook_id_reused", 409, "Give every event a webhook-id of its own."),
    ProblemCode("comment_differs", 409, "Send a changed text as comment.edited."),
    ProblemCode("body_too_large", 413, "One event may have 256 KB, a batch 4 MB."),
    ProblemCode("invalid_value", 422, "Correct the fields that errors points to."),
    ProblemCode("unknown_type", 422, "Send one of the types described here."),
    ProblemCode("too_many_requests", 429, "Wait as long as Retry-After says, or send batches."),
    ProblemCode("internal_error", 500, "Tell the operator the X-Request-Id of the answer; sending again does no harm."),
    ProblemCode("database_unavailable", 503, "Nothing was stored: send again after Retry-After seconds."),
)
