"""The short changes of a day at the desk: another room, a night more, leaving early. Each first says its price."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import actor_of
from bookings.admin.stay_forms import LengthForm, RoomForm, RoomNightsForm
from bookings.changes import stay_change_from
from bookings.models import Booking
from bookings.selectors.arriving import rooms_offered_from
from bookings.selectors.assignments import assignments_of, assignments_seen
from bookings.services import booking_change, change_preview
from bookings.services.assigning import room_assign
from bookings.types import ChangePreview
from core.admin import form_refused
from core.dates import ONE_DAY, property_today
from core.exceptions import DomainError
from core.staff_pages import staff_page
from inventory.exceptions import QuoteChanged

from .pages import BookingPages
from .returning import next_of
from .telling import tell


class StayPages(BookingPages):
    """Room move, extension and early departure."""

    def room_page(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Show the rooms that are free from a night on, and give the chosen one."""
        booking = self.booking_for(request, booking_id, "room_assign")
        nights = RoomNightsForm(request.GET or None, booking=booking)
        index, start = nights.chosen()
        offers = rooms_offered_from(booking=booking, room_index=index, start=start)
        data: Any = request.POST if request.method == "POST" else None
        form = RoomForm(data, offers=offers, initial={"seen": assignments_seen(booking)})
        if request.method == "POST" and form.is_valid():
            try:
                given = room_assign(
                    booking_id=booking_id,
                    room_index=index,
                    room_id=form.cleaned_data["room"],
                    start=start,
                    reason=form.cleaned_data["room_reason"],
                    seen=form.cleaned_data["seen"],
                    actor=actor_of(request),
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                text = gettext("%(booking)s has room %(room)s.")
                tell(request, text % {"booking": booking, "room": given.room.number})
                return redirect(next_of(request) or self.change_url(booking_id))
        context = {
            "title": _("Room"),
            "nights": nights,
            "index": index,
            "row": {"field": form["room"], "chosen": str(form["room"].value() or "")},
            "best": [offer for offer in offers if offer.is_good],
            "others": [offer for offer in offers if not offer.is_good],
            "assignments": assignments_of(booking),
        }
        return self._stay_page(request, booking, "room", form, context)

    def extend_page(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """A night more, or several: what it costs, then do it."""
        booking = self.booking_for(request, booking_id, "booking_change")
        return self._length_page(request, booking, proposed=booking.departure + ONE_DAY, is_longer=True)

    def leave_early_page(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Leaving before the end: what is taken off and what is kept, then do it."""
        booking = self.booking_for(request, booking_id, "booking_change")
        today = property_today(booking.property.time_zone)
        proposed = min(max(today, booking.arrival + ONE_DAY), booking.departure)
        return self._length_page(request, booking, proposed=proposed, is_longer=False)

    def _length_page(
        self, request: HttpRequest, booking: Booking, *, proposed: date, is_longer: bool
    ) -> HttpResponse:
        data: Any = request.POST if request.method == "POST" else request.GET
        may_waive = not is_longer and self.operation_allowed(request, "booking_fee_waive", booking)
        asked = {"departure": proposed.isoformat(), **data.dict()}
        form = LengthForm(asked, booking=booking, is_longer=is_longer, may_waive=may_waive)
        preview = self._preview(request, booking, form) if form.is_valid() else None
        if request.method == "POST" and preview is not None and "apply" in request.POST:
            try:
                changed = self._length_set(request, booking, form)
            except QuoteChanged as error:
                form.add_error(None, str(error))
            except DomainError as error:
                form_refused(form, error)
            else:
                text = gettext("%(booking)s leaves on %(day)s now.")
                day = f"{changed.departure:%Y-%m-%d}"
                tell(request, text % {"booking": booking, "day": day})
                return redirect(next_of(request) or self.change_url(booking.pk))
        context = {
            "title": _("Extend the stay") if is_longer else _("Leave early"),
            "preview": preview,
            "currency": booking.currency,
            "is_longer": is_longer,
        }
        return self._stay_page(request, booking, "length", form, context)

    def _preview(self, request: HttpRequest, booking: Booking, form: LengthForm) -> ChangePreview:
        change = stay_change_from(booking, **form.differences())
        return change_preview(booking=booking, change=change, actor=actor_of(request))

    def _length_set(self, request: HttpRequest, booking: Booking, form: LengthForm) -> Booking:
        """Exactly what was shown: another total or another version of the booking is refused."""
        values = form.cleaned_data
        return booking_change(
            booking_id=booking.pk,
            change=stay_change_from(booking, **form.differences()),
            expected_total=values["expected_total"],
            expected_fee=values["expected_fee"],
            expected_version=values["expected_version"],
            actor=actor_of(request),
        )

    def _stay_page(
        self, request: HttpRequest, booking: Booking, name: str, form: Any, context: dict[str, Any]
    ) -> HttpResponse:
        values = {
            "booking": booking,
            "form": form,
            "back": next_of(request) or self.change_url(booking.pk),
            **context,
        }
        is_refused = request.method == "POST" and form.errors
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
        template = f"admin/bookings/booking/{name}.html"
        return staff_page(request, template, values, site=self.admin_site, status=status)
