"""Who waits, as the staff of a property read it in the morning."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from bookings.digest import DigestDay, digest_section, digest_section_register
from notifications.types import DigestLineContext, DigestSectionContext
from waitlist.models import WaitlistEntry, WaitlistOffer

DAYS_AHEAD = 7


def register() -> None:
    """Make the section of this app known; called when it is ready."""
    digest_section_register("waitlist", waitlist, position=55)


def waitlist(day: DigestDay) -> DigestSectionContext | None:
    """How many wait for a night of the next seven days, and what is offered and not answered. Two queries."""
    return digest_section(
        gettext("Waitlist"),
        [*_waiting(day), *_offers(day)],
        more=lambda count: ngettext("and %(count)d more", "and %(count)d more", count) % {"count": count},
    )


def _waiting(day: DigestDay) -> list[DigestLineContext]:
    last = day.today + timedelta(days=DAYS_AHEAD - 1)
    entries = WaitlistEntry.objects.waiting().filter(property_id=day.house.pk)
    count = entries.arriving_until(last).leaving_after(day.today).count()
    if not count:
        return []
    text = ngettext(
        "%(count)d guest waits for a room in the next 7 days",
        "%(count)d guests wait for a room in the next 7 days",
        count,
    )
    return [{"text": text % {"count": count}, "url": _admin("waitlistentry_changelist", night="week")}]


def _offers(day: DigestDay) -> list[DigestLineContext]:
    zone = ZoneInfo(day.house.time_zone)
    offers = (
        WaitlistOffer.objects.open()
        .filter(entry__property_id=day.house.pk, expires_at__gt=day.at)
        .select_related("entry", "booking__room_type")
        .order_by("expires_at", "pk")
    )
    return [
        {
            "text": gettext("%(guest)s: %(stay)s, %(room_type)s, offered until %(until)s")
            % {
                "guest": offer.entry.guest_name,
                "stay": f"{offer.booking.arrival:%Y-%m-%d}-{offer.booking.departure:%Y-%m-%d}",
                "room_type": offer.booking.room_type.name,
                "until": f"{offer.expires_at.astimezone(zone):%Y-%m-%d %H:%M}",
            },
            "url": _admin("waitlistoffer_change", offer.pk),
        }
        for offer in offers
    ]


def _admin(name: str, *args: int, **query: str) -> str:
    path = reverse(f"admin:waitlist_{name}", args=args)
    return settings.SITE_URL + path + (f"?{urlencode(query)}" if query else "")
