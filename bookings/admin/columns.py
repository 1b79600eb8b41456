"""How the admin of bookings says a stay, its guests and its money."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin
from bookings.models import Booking
from core.money import format_money


class BookingColumns(PropertyScopedAdmin):
    """Columns of the list and fields of the page."""

    @admin.display(description=_("stay"))
    def stay(self, booking: Booking) -> str:
        return f"{booking.property}, {booking.arrival:%Y-%m-%d} – {booking.departure:%Y-%m-%d}"

    @admin.display(description=_("guests"))
    def party(self, booking: Booking) -> str:
        ages = ", ".join(str(age) for age in booking.children_ages)
        adults = ngettext("%(count)d adult", "%(count)d adults", booking.adults) % {"count": booking.adults}
        rooms = ngettext("%(count)d room", "%(count)d rooms", booking.rooms) % {"count": booking.rooms}
        return f"{adults}, {gettext('children')}: {ages}; {rooms}" if ages else f"{adults}; {rooms}"

    @admin.display(description=_("room and rate"))
    def plan(self, booking: Booking) -> str:
        return f"{booking.room_type}, {booking.rate_plan}"

    @admin.display(description=_("total"), ordering="total")
    def total_shown(self, booking: Booking) -> str:
        return format_money(booking.total, booking.currency)

    @admin.display(description=_("rooms"))
    def room_total_shown(self, booking: Booking) -> str:
        return format_money(booking.room_total, booking.currency)

    @admin.display(description=_("taxes added"))
    def tax_added_shown(self, booking: Booking) -> str:
        return format_money(booking.tax_added, booking.currency)

    @admin.display(description=_("deposit due at booking"))
    def deposit_shown(self, booking: Booking) -> str:
        return format_money(booking.deposit_due, booking.currency)
