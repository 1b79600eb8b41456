"""Bookings: found, read, corrected where guests err, and moved on by the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline, actor_of
from bookings.models import Booking, BookingNight
from bookings.selectors import booking_desk
from bookings.services import booking_guest_set, booking_notes_set
from core.admin import ReadOnlyInline, each_in_turn
from core.money import format_money
from inventory.admin.filters import NightFilter, PropertyFilter

from .desk import DeskPages
from .forms import BookingForm
from .operations import CANCELLABLE, OPERATIONS, OPERATIONS_BY_NAME
from .pages import BookingPages

EDITABLE_STATUSES = ("held", "confirmed", "checked_in")


class ArrivalFilter(NightFilter):
    title = _("arrival")
    parameter_name = "arrival"
    path = "arrival"
    starts_today = False


class BookingNightInline(ReadOnlyInline, PropertyScopedInline):
    model = BookingNight
    fields = ("date", "room_index", "price_shown")
    verbose_name_plural = _("nights as sold")

    related = ("booking",)

    @admin.display(description=_("price"))
    def price_shown(self, night: BookingNight) -> str:
        return format_money(night.price, night.booking.currency)


@admin.register(Booking)
class BookingAdmin(BookingPages, DeskPages, PropertyScopedAdmin):
    form = BookingForm
    services_commit = True
    list_display = (
        "reference",
        "guest_name",
        "property",
        "room_type",
        "arrival",
        "departure",
        "status",
        "total_shown",
    )
    list_filter = (PropertyFilter, "status", ArrivalFilter, "channel")
    list_select_related = ("property", "room_type")
    search_fields = ("=reference", "guest_name", "guest_email")
    sortable_by = ("arrival", "departure")
    ordering = ("-id",)
    inlines = (BookingNightInline,)
    change_form_template = "admin/bookings/booking/change_form.html"
    change_list_template = "admin/bookings/booking/change_list.html"
    actions = ("check_in", "check_out", "no_show", "mail_again")
    fieldsets = (
        (None, {"fields": ("reference", "status", "stay", "party", "plan", "user", "channel")}),
        (
            _("Guest"),
            {
                "fields": (
                    "seen_version",
                    "guest_name",
                    "guest_email",
                    "guest_phone",
                    "guest_country",
                    "language",
                    "arrival_time",
                    "special_requests",
                    "staff_notes",
                )
            },
        ),
        (
            _("Money"),
            {"fields": ("room_total_shown", "tax_added_shown", "total_shown", "deposit_shown", "folio")},
        ),
        (
            _("What happened when"),
            {
                "classes": ("collapse",),
                "fields": (
                    "created_at",
                    "hold_expires_at",
                    "confirmed_at",
                    "checked_in_at",
                    "checked_out_at",
                    "cancelled_at",
                    "cancellation_reason",
                    "cancellation_fee",
                ),
            },
        ),
    )
    guest_fields = (
        "guest_name",
        "guest_email",
        "guest_phone",
        "guest_country",
        "language",
        "arrival_time",
        "special_requests",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Bookings are made at the desk page, where they are priced."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Booking]:
        return super().get_queryset(request).select_related("property", "room_type", "rate_plan")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = [name for _title, options in self.fieldsets for name in options["fields"]]
        editable = {"seen_version", "staff_notes"}
        if obj is not None and obj.status in EDITABLE_STATUSES:
            editable |= set(self.guest_fields)
        return tuple(name for name in shown if name not in editable)

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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path("desk/", view(self.desk), name="bookings_booking_desk"),
            path("<int:booking_id>/cancel/", view(self.cancel), name="bookings_booking_cancel"),
            path("<int:booking_id>/<slug:name>/", view(self.operation), name="bookings_booking_operation"),
        ]
        inherited = super().get_urls()
        return [*ours[:2], *inherited[:-1], *ours[2:], inherited[-1]]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Offer to book for a guest."""
        context = {"may_book": self.may(request, "add"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show statement, payments and messages below, and what can be done above."""
        booking = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if booking is not None:
            desk = booking_desk(booking=booking)
            context = {
                "statement": desk.statement,
                "payments": desk.payments,
                "mails": desk.messages,
                "currency": booking.currency,
                "operations": self.tools(request, booking),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def tools(self, request: HttpRequest, booking: Booking) -> list[dict[str, Any]]:
        """What the user may do with the booking now: addresses and labels."""
        tools = [
            {
                "url": reverse("admin:bookings_booking_operation", args=[booking.pk, operation.name]),
                "label": operation.label,
            }
            for operation in OPERATIONS
            if operation.is_possible(booking)
            and self.operation_allowed(request, operation.permission, booking)
        ]
        if booking.status in CANCELLABLE and self.operation_allowed(request, "booking_cancel", booking):
            tools.append(
                {
                    "url": reverse("admin:bookings_booking_cancel", args=[booking.pk]),
                    "label": pgettext("booking", "Cancel"),
                }
            )
        if self.operation_allowed(request, "payment_record", booking):
            tools.append(
                {
                    "url": reverse("admin:payments_folio_record", args=[booking.folio_id]),
                    "label": _("Record a payment"),
                }
            )
        return tools

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Booking:
        """Write guest and notes by the services."""
        form.save_m2m = list  # a booking has no such relations
        booking: Booking = form.instance
        actor = actor_of(request)
        if set(form.changed_data) & set(self.guest_fields):
            version = form.cleaned_data["seen_version"]
            booking_guest_set(booking_id=booking.pk, guest=form.guest(), actor=actor, version=version)
        if "staff_notes" in form.changed_data:
            notes = form.cleaned_data["staff_notes"]
            booking_notes_set(booking_id=booking.pk, notes=notes, actor=actor)
        return booking

    def save_model(self, request: HttpRequest, obj: Booking, form: Any, change: bool) -> None:
        """Do nothing: the services have saved."""

    def has_booking_check_in_permission(self, request: HttpRequest) -> bool:
        return self.operation_allowed(request, "booking_check_in")

    def has_booking_check_out_permission(self, request: HttpRequest) -> bool:
        return self.operation_allowed(request, "booking_check_out")

    def has_booking_no_show_permission(self, request: HttpRequest) -> bool:
        return self.operation_allowed(request, "booking_no_show")

    def has_booking_mail_again_permission(self, request: HttpRequest) -> bool:
        return self.operation_allowed(request, "booking_mail_again")

    @admin.action(description=_("Check in"), permissions=("booking_check_in",))
    def check_in(self, request: HttpRequest, queryset: models.QuerySet[Booking]) -> None:
        self._run(request, queryset, "check-in")

    @admin.action(description=_("Check out"), permissions=("booking_check_out",))
    def check_out(self, request: HttpRequest, queryset: models.QuerySet[Booking]) -> None:
        self._run(request, queryset, "check-out")

    @admin.action(description=_("No-show"), permissions=("booking_no_show",))
    def no_show(self, request: HttpRequest, queryset: models.QuerySet[Booking]) -> None:
        self._run(request, queryset, "no-show")

    @admin.action(description=_("Send the confirmation again"), permissions=("booking_mail_again",))
    def mail_again(self, request: HttpRequest, queryset: models.QuerySet[Booking]) -> None:
        self._run(request, queryset, "mail-again")

    def _run(self, request: HttpRequest, queryset: models.QuerySet[Booking], name: str) -> None:
        """Do an operation with each booking where the user may."""
        operation = OPERATIONS_BY_NAME[name]
        rows = self.operable(request, operation.permission, queryset)
        done = each_in_turn(self, request, rows, lambda row: operation.run(row.pk, actor_of(request)))
        if done:
            text = ngettext("Done for %(count)d booking.", "Done for %(count)d bookings.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)
