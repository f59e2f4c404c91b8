"""What a card tells of the desk's past decisions on comments that are alike."""

from functools import partial

from moderation.steps import recalling
from moderation.steps.recalling import Memory
from moderation.store import likenesses
from moderation.store.review_queue import Card
from moderation.web.current import runtime


def memory_of(card: Card, *, blind: bool) -> Memory:
    """Nothing for a card that is to be judged by its words alone."""
    if blind:
        return recalling.NOTHING
    with runtime().reading() as connection:
        return recalling.recall(card.text, partial(likenesses.precedents, connection, card.site_id, card.id))
