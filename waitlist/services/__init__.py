"""Writes of the waitlist: each a complete, committed change.

Lock order everywhere: RoomInventory → Booking → Folio → WaitlistEntry. The entry's lock also guards its offers.
"""

from .answering import offer_accept, offer_decline, offer_withdraw
from .joining import entry_join, entry_leave
from .making import offer_make, offer_make_by_hand, offerable_to_entry, stays_for_entry
from .matching import offers_make, offers_plan
from .queueing import entry_prioritise
from .sweeping import entries_expire, offers_sweep

__all__ = [
    "entries_expire",
    "entry_join",
    "entry_leave",
    "entry_prioritise",
    "offer_accept",
    "offer_decline",
    "offer_make",
    "offer_make_by_hand",
    "offer_withdraw",
    "offerable_to_entry",
    "offers_make",
    "offers_plan",
    "offers_sweep",
    "stays_for_entry",
]
