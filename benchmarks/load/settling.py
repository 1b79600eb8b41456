"""`python -m benchmarks.load.settling`: what a house that runs every day has done before the first guest comes.

Made-up bookings never had the mails that the calendar sends. Without this, the first minutes of the load would write
those of several days at once.
"""

from __future__ import annotations

import json

import django

django.setup()

from django.utils import timezone  # noqa: E402 - settings are there after the set-up

from bookings.models import BookingNotice  # noqa: E402
from bookings.models.notices import NoticeKind  # noqa: E402
from bookings.selectors.scheduled import pre_arrivals_due, thank_yous_due  # noqa: E402

EVERYTHING = 10_000_000


def settle() -> int:
    """Note every mail that is due as sent; how many."""
    at = timezone.now()
    due = {
        NoticeKind.PRE_ARRIVAL: pre_arrivals_due(at=at, limit=EVERYTHING),
        NoticeKind.THANK_YOU: thank_yous_due(at=at, limit=EVERYTHING),
    }
    notices = [BookingNotice(booking_id=key, kind=kind) for kind, keys in due.items() for key in keys]
    BookingNotice.objects.bulk_create(notices, batch_size=5000)
    return len(notices)


if __name__ == "__main__":
    print(json.dumps(settle()))
