"""A stay becomes another one: other dates, room type, rate plan or party, or another price.

What it comes to is worked out by `bookings.selectors.changes`, the same way for the preview and for the change under
its locks, so that they are equal to the cent. Nights whose date, room type, rate plan and party stay as they are keep
the price they were sold at; all others have today's price; taxes are worked out anew for the whole stay. Rooms go from
the old nights to the new ones in one transaction, and nights that are kept are never given up. What becomes dearer is
paid first by guests: the change then waits and holds the rooms it needs, and the payment does it. Lock order:
RoomInventory of old and new nights → Booking → Folio.
"""

from bookings.selectors.changes import change_preview

from .requesting import booking_change, change_withdraw
from .settling import pending_settle
from .short import booking_depart_early, booking_extend

__all__ = [
    "booking_change",
    "booking_depart_early",
    "booking_extend",
    "change_preview",
    "change_withdraw",
    "pending_settle",
]
