"""Where one comment stands, for the site that sent it."""

from flask import Response

from moderation.domain.errors import NotFoundError
from moderation.store.comments import status_of
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.webhook.authentication import key_owner
from moderation.web.webhook.blueprint import webhook
from moderation.web.webhook.doorway import doorway
from moderation.web.webhook.presenting import status_document


@webhook.get("/comments/<any_id:comment_id>")
def show_comment(site: str, comment_id: str) -> Response:
    sender = key_owner(site)
    doorway().count(sender.site_id)
    if "\0" in comment_id:
        raise NotFoundError("No id holds the character U+0000.")
    with runtime().reading() as connection:
        status = status_of(connection, sender.site_id, comment_id)
    if status is None:
        raise NotFoundError("This site has sent no comment with this id.")
    return json_answer(status_document(sender.slug, status))
