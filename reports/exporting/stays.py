"""More lists that can be exported: groups, spaces, the waitlist."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import BookingChannel, Group, GroupStatus, SpaceBooking
from bookings.space_transitions import SpaceBookingStatus
from core.exceptions import ValidationFailed
from core.tabular import Kind
from waitlist.models import WaitlistEntry
from waitlist.transitions import EntryStatus

from .lists import admin_rows
from .sources import ExportColumn, ExportSource, export_source_register


def space_booking_rows(user: User, query: str, house_ids: list[int] | None) -> QuerySet[Any]:
    """Return bookings of spaces by their start; ``from`` and ``to`` are days in UTC, both included, of the start.

    ``house`` is a property and ``space`` a space.
    """
    asked = QueryDict(query)
    rows = SpaceBooking.objects.order_by("start", "pk")
    try:
        if asked.get("from"):
            rows = rows.filter(start__date__gte=date.fromisoformat(asked["from"]))
        if asked.get("to"):
            rows = rows.filter(start__date__lt=date.fromisoformat(asked["to"]) + timedelta(days=1))
        if asked.get("house"):
            rows = rows.filter(property=int(asked["house"]))
        if asked.get("space"):
            rows = rows.filter(space=int(asked["space"]))
    except (ValueError, OverflowError) as error:
        raise ValidationFailed from error
    return rows if house_ids is None else rows.filter(property__in=house_ids)


export_source_register(
    ExportSource(
        key="groups",
        label=_("Groups"),
        model="bookings.group",
        rows=admin_rows(Group),
        columns=(
            ExportColumn("name", _("Name")),
            ExportColumn("property__name", _("Property")),
            ExportColumn("status", _("Status"), words=dict(GroupStatus.choices)),
            ExportColumn("arrival", _("Arrival"), Kind.DATE),
            ExportColumn("departure", _("Departure"), Kind.DATE),
            ExportColumn("release_date", _("Release date"), Kind.DATE),
            ExportColumn("rate_plan__name", _("Rate plan")),
            ExportColumn("company", _("Company")),
            ExportColumn("contact_name", _("Contact")),
            ExportColumn("contact_email", _("E-mail")),
            ExportColumn("contact_phone", _("Phone")),
            ExportColumn("folio_id", _("Folio"), Kind.INT),
            ExportColumn("notes", _("Notes")),
        ),
    )
)
export_source_register(
    ExportSource(
        key="space-bookings",
        label=_("Bookings of spaces"),
        model="bookings.spacebooking",
        rows=space_booking_rows,
        is_list=False,
        columns=(
            ExportColumn("reference", _("Reference")),
            ExportColumn("property__name", _("Property")),
            ExportColumn("space__name", _("Space")),
            ExportColumn("status", _("Status"), words=dict(SpaceBookingStatus.choices)),
            ExportColumn("start", _("From"), Kind.DATETIME),
            ExportColumn("end", _("To"), Kind.DATETIME),
            ExportColumn("persons", _("Persons"), Kind.INT),
            ExportColumn("purpose", _("Purpose")),
            ExportColumn("guest_name", _("Guest")),
            ExportColumn("guest_email", _("E-mail")),
            ExportColumn("guest_phone", _("Phone")),
            ExportColumn("stay__reference", _("Booking")),
            ExportColumn("channel", _("Channel"), words=dict(BookingChannel.choices)),
            ExportColumn("currency", _("Currency")),
            ExportColumn("total", _("Total"), Kind.MONEY),
            ExportColumn("created_at", _("Booked"), Kind.DATETIME),
            ExportColumn("cancelled_at", _("Cancelled"), Kind.DATETIME),
        ),
    )
)
export_source_register(
    ExportSource(
        key="waitlist",
        label=_("Waitlist"),
        model="waitlist.waitlistentry",
        rows=admin_rows(WaitlistEntry),
        columns=(
            ExportColumn("reference", _("Reference")),
            ExportColumn("property__name", _("Property")),
            ExportColumn("status", _("Status"), words=dict(EntryStatus.choices)),
            ExportColumn("room_type__name", _("Room type")),
            ExportColumn("arrival", _("Arrival"), Kind.DATE),
            ExportColumn("departure", _("Departure"), Kind.DATE),
            ExportColumn("flexible_days", _("Flexible days"), Kind.INT),
            ExportColumn("rooms", _("Rooms"), Kind.INT),
            ExportColumn("adults", _("Adults"), Kind.INT),
            ExportColumn("guest_name", _("Guest")),
            ExportColumn("guest_email", _("E-mail")),
            ExportColumn("guest_phone", _("Phone")),
            ExportColumn("max_total", _("Highest total"), Kind.MONEY),
            ExportColumn("currency", _("Currency")),
            ExportColumn("priority", _("Priority"), Kind.INT),
            ExportColumn("queued_at", _("In the queue since"), Kind.DATETIME),
            ExportColumn("ended_at", _("Ended"), Kind.DATETIME),
        ),
    )
)
