"""Finding an entry or an offer, and who may see it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import may_with, roles_for
from accounts.selectors import staff_access
from core.references import reference_normalise, token_matches
from waitlist.exceptions import EntryNotFound, OfferNotFound
from waitlist.models import WaitlistEntry, WaitlistOffer

AnyUser = User | AnonymousUser | None


def entry_for_access(*, reference: str, user: AnyUser = None, token: str | None = None) -> WaitlistEntry:
    """The entry with property and room type, for its user, who has its token, and staff of the property.

    Somebody else's looks like one that does not exist: `EntryNotFound`. One query, two for staff.
    """
    entry = (
        WaitlistEntry.objects.with_house()
        .select_related("user")
        .filter(reference=reference_normalise(reference))
        .first()
    )
    if entry is None or not (token_matches(token or "", entry.access_token_hash) or _is_theirs(entry, user)):
        raise EntryNotFound
    return entry


def offer_for_access(*, reference: str, user: AnyUser = None, token: str | None = None) -> WaitlistOffer:
    """The offer with entry, booking and their names, for the entry's user, who has a token of either, staff.

    Somebody else's looks like one that does not exist: `OfferNotFound`. One query, two for staff.
    """
    offer = (
        WaitlistOffer.objects.with_stay()
        .select_related("entry__user", "booking__property", "booking__folio")
        .filter(reference=reference_normalise(reference))
        .first()
    )
    if offer is None:
        raise OfferNotFound
    hashes = (offer.access_token_hash, offer.entry.access_token_hash)
    has_token = any(token_matches(token or "", stored) for stored in hashes)
    if not (has_token or _is_theirs(offer.entry, user)):
        raise OfferNotFound
    return offer


def _is_theirs(entry: WaitlistEntry, user: AnyUser) -> bool:
    if not isinstance(user, User) or not user.is_active:
        return False
    if entry.user_id == user.pk:
        return True
    roles = roles_for("waitlist.waitlistentry", "view")
    return user.is_staff and may_with(staff_access(user), entry.property_id, roles)
