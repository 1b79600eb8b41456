"""The lists that can be exported."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking, Guest
from bookings.transitions import BookingStatus
from core.exceptions import ValidationFailed
from core.tabular import Kind
from payments.models import EntryKind, FolioEntry, Payment, PaymentStatus

from .lists import admin_rows
from .sources import ExportColumn, ExportSource, export_source_register


def folio_entry_rows(user: User, query: str, house_ids: list[int] | None) -> QuerySet[Any]:
    """Return entries by id; ``from`` and ``to`` are days of posting in UTC, both included, ``house`` is a property."""
    asked = QueryDict(query)
    rows = FolioEntry.objects.order_by("pk")
    try:
        if asked.get("from"):
            rows = rows.filter(created_at__date__gte=date.fromisoformat(asked["from"]))
        if asked.get("to"):
            rows = rows.filter(created_at__date__lt=date.fromisoformat(asked["to"]) + timedelta(days=1))
        if asked.get("house"):
            rows = rows.filter(folio__property=int(asked["house"]))
    except (ValueError, OverflowError) as error:
        raise ValidationFailed from error
    return rows if house_ids is None else rows.filter(folio__property__in=house_ids)


export_source_register(
    ExportSource(
        key="bookings",
        label=_("Bookings"),
        model="bookings.booking",
        rows=admin_rows(Booking),
        columns=(
            ExportColumn("reference", _("Reference")),
            ExportColumn("property__name", _("Property")),
            ExportColumn("status", _("Status"), words=dict(BookingStatus.choices)),
            ExportColumn("room_type__name", _("Room type")),
            ExportColumn("rate_plan__name", _("Rate plan")),
            ExportColumn("rooms", _("Rooms"), Kind.INT),
            ExportColumn("adults", _("Adults"), Kind.INT),
            ExportColumn("arrival", _("Arrival"), Kind.DATE),
            ExportColumn("departure", _("Departure"), Kind.DATE),
            ExportColumn("guest_name", _("Guest")),
            ExportColumn("guest_email", _("E-mail")),
            ExportColumn("guest_phone", _("Phone")),
            ExportColumn("guest_country", _("Country")),
            ExportColumn("channel", _("Channel")),
            ExportColumn("market_segment", _("Segment")),
            ExportColumn("currency", _("Currency")),
            ExportColumn("room_total", _("Rooms in all"), Kind.MONEY),
            ExportColumn("tax_added", _("Taxes added"), Kind.MONEY),
            ExportColumn("total", _("Total"), Kind.MONEY),
            ExportColumn("created_at", _("Booked"), Kind.DATETIME),
            ExportColumn("cancelled_at", _("Cancelled"), Kind.DATETIME),
            ExportColumn("special_requests", _("Special requests")),
        ),
    )
)
export_source_register(
    ExportSource(
        key="guests",
        label=_("Guests"),
        model="bookings.guest",
        rows=admin_rows(Guest),
        columns=(
            ExportColumn("name", _("Name")),
            ExportColumn("property__name", _("Property")),
            ExportColumn("email", _("E-mail")),
            ExportColumn("phone", _("Phone")),
            ExportColumn("country", _("Country")),
            ExportColumn("language", _("Language")),
            ExportColumn("is_vip", _("VIP")),
            ExportColumn("stays_total", _("Stays"), Kind.INT),
            ExportColumn("notes", _("Notes")),
            ExportColumn("created_at", _("Known since"), Kind.DATETIME),
        ),
    )
)
export_source_register(
    ExportSource(
        key="folio-entries",
        label=_("Folio entries"),
        model="payments.folioentry",
        rows=folio_entry_rows,
        house_path="folio__property",
        is_list=False,
        columns=(
            ExportColumn("pk", _("Number"), Kind.INT),
            ExportColumn("folio__property__name", _("Property")),
            ExportColumn("folio_id", _("Folio"), Kind.INT),
            ExportColumn("folio__booking__reference", _("Booking")),
            ExportColumn("created_at", _("Posted"), Kind.DATETIME),
            ExportColumn("stay_date", _("Night"), Kind.DATE),
            ExportColumn("kind", _("Kind"), words=dict(EntryKind.choices)),
            ExportColumn("description", _("Description")),
            ExportColumn("amount", _("Amount"), Kind.MONEY),
            ExportColumn("folio__currency", _("Currency")),
            ExportColumn("payment__method", _("Paid by")),
        ),
    )
)
export_source_register(
    ExportSource(
        key="payments",
        label=_("Payments"),
        model="payments.payment",
        rows=admin_rows(Payment, "folio__property"),
        house_path="folio__property",
        columns=(
            ExportColumn("pk", _("Number"), Kind.INT),
            ExportColumn("folio__property__name", _("Property")),
            ExportColumn("folio__booking__reference", _("Booking")),
            ExportColumn("status", _("Status"), words=dict(PaymentStatus.choices)),
            ExportColumn("gateway", _("Gateway")),
            ExportColumn("method", _("Method")),
            ExportColumn("amount", _("Amount"), Kind.MONEY),
            ExportColumn("currency", _("Currency")),
            ExportColumn("created_at", _("Created"), Kind.DATETIME),
        ),
    )
)
