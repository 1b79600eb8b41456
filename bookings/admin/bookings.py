"""Bookings: found, read, corrected where guests err, and moved on by the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from accounts.scoping import PropertyScopedInline, actor_of
from bookings.models import Booking, BookingNight
from bookings.selectors import booking_desk
from bookings.services import booking_guest_set, booking_notes_set
from core.admin import ReadOnlyInline, each_in_turn
from core.dates import property_today
from core.money import format_money
from inventory.admin.filters import NightFilter, PropertyFilter
from payments.admin.posting_pages import folio_tools

from .actions import Action, stay_actions
from .change_stay import ChangePages
from .check_in import CheckInPages
from .check_out import CheckOutPages
from .columns import BookingColumns
from .desk import DeskPages
from .extras import ExtrasPages
from .forms import BookingForm
from .notes import NotePages
from .operations import CANCELLABLE, OPERATIONS_BY_NAME
from .stay_pages import StayPages

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
        if night._state.adding:  # a row that somebody added to the form they sent
            return self.get_empty_value_display()
        return format_money(night.price, night.booking.currency)


@admin.register(Booking)
class BookingAdmin(
    ExtrasPages, CheckInPages, CheckOutPages, StayPages, ChangePages, NotePages, DeskPages, BookingColumns
):
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

    def audit_related(self, row: Booking) -> list[models.Model]:
        """The money of the stay: its folio and payments. Two queries."""
        return [row.folio, *row.folio.payments.all()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Booking]:
        return (
            super()
            .get_queryset(request)
            .select_related("property", "room_type", "rate_plan", "guest", "folio")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = [name for _title, options in self.fieldsets for name in options["fields"]]
        editable = {"staff_notes"}
        if obj is not None and obj.status in EDITABLE_STATUSES:
            editable |= set(self.guest_fields)
        return tuple(name for name in shown if name not in editable)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path("desk/", view(self.desk), name="bookings_booking_desk"),
            path("<int:booking_id>/cancel/", view(self.cancel), name="bookings_booking_cancel"),
            path("<int:booking_id>/check-in/", view(self.check_in_page), name="bookings_booking_check_in"),
            path("<int:booking_id>/check-out/", view(self.check_out_page), name="bookings_booking_check_out"),
            path(
                "<int:booking_id>/registration/",
                view(self.registration_pdf),
                name="bookings_booking_registration",
            ),
            path("<int:booking_id>/room/", view(self.room_page), name="bookings_booking_room"),
            path("<int:booking_id>/extend/", view(self.extend_page), name="bookings_booking_extend"),
            path(
                "<int:booking_id>/leave-early/",
                view(self.leave_early_page),
                name="bookings_booking_leave_early",
            ),
            path(
                "<int:booking_id>/change-stay/",
                view(self.change_stay_page),
                name="bookings_booking_change_stay",
            ),
            path("<int:booking_id>/extras/", view(self.extras_page), name="bookings_booking_extras"),
            path("<int:booking_id>/notes/", view(self.note_add), name="bookings_booking_note"),
            path("<int:booking_id>/<slug:name>/", view(self.operation), name="bookings_booking_operation"),
        ]
        inherited = super().get_urls()
        return [*ours[:1], *inherited[:-1], *ours[1:], inherited[-1]]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Offer to book for a guest."""
        context = {
            "may_book": self.may(request, "add"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the stay and what can be done above the form, and everything that hangs on it below."""
        booking = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if booking is not None:
            desk = booking_desk(booking=booking)
            balance = desk.statement[-1].balance if desk.statement else Decimal(0)
            context = {
                "booking": booking,
                "desk": desk,
                "statement": desk.statement,
                "payments": desk.payments,
                "invoices": desk.invoices,
                "mails": desk.messages,
                "currency": booking.currency,
                "balance": balance,
                "owed_back": max(-balance, Decimal(0)),
                "operations": self.tools(request, booking),
                "changes": desk.changes,
                "guest_summary": desk.guest,
                "may_merge": self.operation_allowed(request, "guest_merge", booking),
                "may_note": self.may_note(request, booking),
                "may_mail_again": self.operation_allowed(request, "booking_mail_again", booking),
                "may_reverse": self.operation_allowed(request, "folio_reverse", booking),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def tools(self, request: HttpRequest, booking: Booking) -> list[Action]:
        """What the user may do with the booking now, the obvious thing first."""
        actions = stay_actions(
            booking,
            booking_id=booking.pk,
            folio_id=booking.folio_id,
            owes=False,
            today=property_today(booking.property.time_zone),
            may=lambda operation: self.operation_allowed(request, operation, booking),
            next_url=self.change_url(booking.pk),
        )
        more = [
            Action(tool["operation"], tool["label"], tool["url"])
            for tool in folio_tools(request, booking.folio)
        ]
        if booking.status in CANCELLABLE and self.operation_allowed(request, "booking_cancel", booking):
            url = reverse("admin:bookings_booking_cancel", args=[booking.pk])
            more.append(Action("cancel", pgettext("booking", "Cancel"), url))
        again = OPERATIONS_BY_NAME["mail-again"]
        if again.is_possible(booking) and self.operation_allowed(request, again.permission, booking):
            url = reverse("admin:bookings_booking_operation", args=[booking.pk, again.name])
            more.append(Action(again.name, again.label, url))
        return [*actions, *more]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Booking:
        """Write guest and notes by the services."""
        form.save_m2m = list  # a booking has no such relations
        booking: Booking = form.instance
        actor = actor_of(request)
        if set(form.changed_data) & set(self.guest_fields):
            booking_guest_set(booking_id=booking.pk, guest=form.guest(), actor=actor)
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
