"""What a provider's refusal means to the guest, in the active language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_SENTENCES = {
    "card_declined": _("The bank declined the card. Nothing was charged."),
    "action_refused": _("You did not approve the payment at your bank. Nothing was charged."),
    "expired": _("The bank waited too long for your approval. Nothing was charged."),
    "not_received": _("The bank did not get the request. Nothing was charged."),
}
_OTHER = _("The payment did not go through. Nothing was charged.")


def failure_sentence(code: str) -> str:
    """Return the sentence for a failure code of a payment; one that fits all for a code we do not know."""
    return str(_SENTENCES.get(code, _OTHER))
