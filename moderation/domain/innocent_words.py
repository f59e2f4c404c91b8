"""Everyday words that read like a common slur with an ending, or sound like one: hit only where listed themselves.

A desk adds exceptions of its own to each term; these spare everybody the best known. Each counts with all its endings.
"""

from typing import Final

from moderation.domain.term_forms import exact_form

_BANGLA: Final = "বালক শাল্লা চোদ্দ পাঠাও পাঠাই পাঠায় পাঠাতে"
_ROMANIZED: Final = "ball bale bali balo balti mall male mali malta maggi good sale dhoni gander hello"
INNOCENT: Final = frozenset(map(exact_form, (_BANGLA + " " + _ROMANIZED).split()))
