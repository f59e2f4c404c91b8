"""What the pages call each code of the domain: labels, states, verdicts, rules, and what came of a callback.

``N_`` marks a phrase for the catalogues; it is translated where it is shown.
"""

from collections.abc import Mapping
from typing import Final


def N_(phrase: str) -> str:  # noqa: N802 - gettext's customary mark, which Babel's extractor looks for
    return phrase


CODE_WORDS: Final[Mapping[str, str]] = {
    "toxicity": N_("toxicity"),
    "insult": N_("insult"),
    "profanity": N_("profanity"),
    "identity_attack": N_("identity attack"),
    "threat": N_("threat"),
    "sexually_explicit": N_("sexually explicit"),
    "spam": N_("spam"),
    "off_topic": N_("off topic"),
    "duplicate": N_("duplicate"),
    "personal_data": N_("personal data"),
    "legal": N_("legal reason"),
    "waiting": N_("waiting"),
    "published": N_("published"),
    "held": N_("held"),
    "rejected": N_("rejected"),
    "deleted": N_("deleted"),
    "approve": N_("published"),
    "reject": N_("rejected"),
    "withdrawn": N_("taken back"),
    "classifier": N_("the classifier"),
    "site": N_("the site"),
    "no_classifier": N_("no classifier at work, so a person must look"),
    "could_not_be_scored": N_("could not be scored"),
    "everything_held": N_("everything is held at the moment"),
    "new_author": N_("new commenter"),
    "links": N_("links"),
    "reports": N_("readers' reports"),
    "term_list": N_("listed term"),
    "term_list_reject": N_("listed term that rejects"),
    "term_list_mark": N_("marked term"),
    "too_long_to_score": N_("too long to score"),
    "edited_after_rejection": N_("edited after a rejection"),
    "edited": N_("edited"),
    "undone": N_("a decision was taken back"),
    "comment.held": N_("held"),
    "comment.decided": N_("decided"),
    "pending": N_("on its way"),
    "parked": N_("given up"),
    "delivered": N_("arrived"),
    "cancelled": N_("withdrawn"),
    "script:bn": N_("Bangla script"),
    "script:bn-Latn": N_("romanized Bangla"),
    "script:en": N_("English"),
    "script:mixed": N_("mixed"),
    "script:und": N_("undetermined"),
    "scripts": N_("scripts"),
    "usual": N_("usual"),
    "last_day": N_("last day"),
    "steady": N_("steady"),
    "notable": N_("notable"),
    "strong": N_("strong"),
    "outcome:publish": N_("publish"),
    "outcome:hold": N_("hold for a person"),
    "outcome:reject": N_("reject"),
    "viewer": N_("viewer"),
    "moderator": N_("moderator"),
    "editor": N_("editor"),
    "administrator": N_("administrator"),
    "origin:starter": N_("comes with the product"),
    "origin:import": N_("imported"),
    "origin:retrain": N_("taught by the desk"),
}

ATTEMPT_WORDS: Final[Mapping[str, str]] = {
    "gone": N_("the receiver says that this address is gone for good"),
    "redirected": N_("the receiver points to another address; callbacks follow no redirect"),
    "receiver_busy": N_("the receiver takes nothing more at the moment"),
    "receiver_failed": N_("the receiver failed; its own error log says why"),
    "refused_by_receiver": N_("the receiver refused it; check its address and its secret"),
    "bad_response": N_("the receiver's answer makes no sense"),
    "timed_out": N_("there was no complete answer in time"),
    "bad_certificate": N_("the receiver's certificate is not valid"),
    "tls_failed": N_("no secure connection could be agreed on"),
    "connection_refused": N_("nothing listens there; is the receiver running?"),
    "connection_failed": N_("the connection broke off"),
    "unresolvable_host": N_("the host's name has no address at the moment"),
    "bad_url": N_("the address of the callbacks is no web address"),
    "https_required": N_("callbacks go over https only"),
    "port_refused": N_("this port is not allowed"),
    "address_refused": N_("this address is not public, so nothing is sent to it"),
    "no_callback_secret": N_("the site has no valid callback secret"),
    "unreadable_callback_secret": N_("the site's callback secret cannot be read on this server"),
    "internal_error": N_("the attempt failed within this service; its log says more"),
}
UNKNOWN_FAILURE: Final = N_("the attempt failed")
