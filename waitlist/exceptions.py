"""What the waitlist refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bookings.exceptions import ReferenceTaken
from core.exceptions import Conflict, DomainError, NotFound, ValidationFailed, register_constraint


class WaitlistError(DomainError):
    """The family of everything that the waitlist refuses."""


class EntryNotFound(WaitlistError, NotFound):
    """It does not exist, or is not the asker's to see: both look alike (404)."""

    code = "waitlist_entry_not_found"
    message = _("We could not find this entry of the waitlist.")


class OfferNotFound(WaitlistError, NotFound):
    """It does not exist, or is not the asker's to see: both look alike (404)."""

    code = "waitlist_offer_not_found"
    message = _("We could not find this offer.")


class AlreadyWaiting(WaitlistError, Conflict):
    """There is such an entry with the same address (409)."""

    code = "already_waiting"
    message = _(
        "Somebody waits for these dates with this e-mail address already. The link to the entry is in the mail we sent."
    )


class RoomsAvailable(WaitlistError, Conflict):
    """There is nothing to wait for (409). ``data`` has the stay that can be booked and its total."""

    code = "rooms_available"
    message = _("You need not wait: there are rooms for these dates.")


class NeverFits(WaitlistError, ValidationFailed):
    """These guests fit into no room, however many come free (422)."""

    code = "too_many_guests"
    message = _(
        "These guests do not fit into so few rooms of this kind. Please add a room or choose another kind."
    )


class WishInvalid(WaitlistError, ValidationFailed):
    """A detail of the wish is impossible (422); ``field`` names it."""

    code = "wish_invalid"


class EntryNotWaiting(WaitlistError, Conflict):
    """It waits no more, or has an offer (409). ``data`` has ``status``."""

    code = "entry_not_waiting"
    message = _("This entry does not wait any more.")


class DoesNotFit(WaitlistError, Conflict):
    """The stay is not what the entry waits for, or costs more than its guest would pay (409)."""

    code = "does_not_fit"
    message = _("This stay is not what the guest waits for.")


class OfferOver(WaitlistError, Conflict):
    """The offer was answered, withdrawn or not answered in time (409). ``data`` has ``status``."""

    code = "offer_over"
    message = _("This offer is over.")


class OfferInPayment(WaitlistError, Conflict):
    """The guest is paying already (409)."""

    code = "offer_in_payment"
    message = _("A payment for this stay is on its way. Cancel the booking instead.")


class PriorityInvalid(WaitlistError, ValidationFailed):
    """A priority out of bounds or without a reason (422)."""

    code = "priority_invalid"
    message = _("A priority is 0 to 100, and moving somebody in the queue needs a reason.")


register_constraint("waitlist_entry_once", AlreadyWaiting)
register_constraint("waitlist_offer_one_open", EntryNotWaiting)
register_constraint("waitlist_waitlistentry_reference_key", ReferenceTaken)
register_constraint("waitlist_waitlistoffer_reference_key", ReferenceTaken)
