"""What the pages say of term lists: what a list does, and by what a word was hit."""

from collections.abc import Mapping
from typing import Final

from moderation.domain.term_lists import Hit
from moderation.domain.vocabulary import ListAction
from moderation.web.dashboard import wording
from moderation.web.dashboard.blueprint import dashboard, language
from moderation.web.dashboard.code_words import N_

ACTIONS: Final[Mapping[ListAction, tuple[str, str]]] = {
    ListAction.HOLD: (N_("holds"), N_("A person looks before the comment stands.")),
    ListAction.MARK: (N_("only marks"), N_("Nothing changes for the comment; its card shows the term.")),
    ListAction.REJECT: (N_("rejects"), N_("The comment is rejected at once. Only for what is never right.")),
}
"""What a list does, in a word and in a sentence, from the usual to the harshest."""


def hit_by(hit: Hit) -> str:
    """The rule by which a word was hit."""
    if hit.variant and hit.ending:
        return wording.translated("another spelling, with the ending “{ending}”", language(), ending=hit.ending)
    if hit.ending:
        return wording.translated("with the ending “{ending}”", language(), ending=hit.ending)
    if hit.variant:
        return wording.translated("another spelling", language())
    return wording.translated("as it stands", language())


@dashboard.app_context_processor
def _words() -> dict[str, object]:
    return {"hit_by": hit_by}
