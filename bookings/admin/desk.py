"""Booking for a guest: dates and party, then rooms with prices, then who comes and how they pay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.scoping import PropertyScopedAdmin, access_of, actor_of
from bookings.models import Booking
from bookings.selectors.arriving import rooms_free_between
from bookings.services import DeskPayment, booking_at_desk, walk_in_receive
from core.admin import form_refused
from core.dates import ONE_DAY
from core.exceptions import DomainError
from inventory.exceptions import QuoteChanged
from inventory.models import Property
from inventory.selectors import RoomTypeOffer, catalogue_get, offers_for_property
from payments.admin.forms import form_key

from .forms import DeskGuestForm, StayForm
from .operations import OPERATIONS_BY_NAME
from .telling import tell_done

WALK_IN = "walk_in"
"""In the address: the guest stands at the desk, wants a room tonight, and is checked in with the same press."""


class DeskPages(PropertyScopedAdmin):
    """The page "Book for a guest". The stay stands in the address, so that it can be changed and kept."""

    def desk(self, request: HttpRequest) -> HttpResponse:
        """Show the offers for a stay, and book the one that was chosen."""
        if not self.may(request, "add"):
            raise PermissionDenied
        houses = self._houses(request)
        is_walk_in = bool(request.GET.get(WALK_IN))
        stay_form = StayForm(
            request.GET or None, initial={"house": houses.first() if len(houses) == 1 else None}
        )
        house_field: Any = stay_form.fields["house"]
        house_field.queryset = houses
        is_chosen = bool(request.GET) and stay_form.is_valid()
        guest_form = self._guest_form(request)
        if is_chosen and self._may_price(request, stay_form.cleaned_data["house"]):
            guest_form.price()
        if is_walk_in and is_chosen:
            values = stay_form.cleaned_data
            guest_form.walk_in(rooms_free_between(property_id=values["house"].pk, stay=values["stay"]))
        if request.method == "POST" and is_chosen and guest_form.is_valid():
            booking = self._book(request, stay_form, guest_form)
            if booking is not None:
                if is_walk_in and guest_form.cleaned_data["checks_in"]:
                    return self._receive(request, booking, guest_form)
                text = gettext("%(booking)s is booked and confirmed.") % {"booking": booking}
                self.message_user(request, text, messages.SUCCESS)
                return redirect(self.change_url(booking.pk))
        offers = self._offers(stay_form) if is_chosen else None
        return self._page(request, stay_form, guest_form, offers, is_walk_in=is_walk_in)

    def _receive(self, request: HttpRequest, booking: Booking, form: DeskGuestForm) -> HttpResponse:
        """Check in who was just booked; what stands against it is said on the page where it can be mended."""
        try:
            walk_in_receive(
                booking_id=booking.pk,
                actor=actor_of(request),
                key=form.cleaned_data["key"],
                room_id=form.cleaned_data["room"],
            )
        except DomainError as error:
            text = gettext("%(booking)s is booked, but not checked in: %(reason)s")
            self.message_user(request, text % {"booking": booking, "reason": error}, messages.WARNING)
            return redirect("admin:bookings_booking_check_in", booking.pk)
        tell_done(request, OPERATIONS_BY_NAME["check-in"], booking)
        return redirect(self.change_url(booking.pk))

    def _houses(self, request: HttpRequest) -> Any:
        """Where the user may book."""
        ids = self.writable_property_ids(request)
        rows = Property.objects.order_by("name", "pk")
        return rows if ids is None else rows.filter(pk__in=ids)

    def _may_price(self, request: HttpRequest, house: Property) -> bool:
        return may_with(access_of(request), house.pk, OPERATION_PERMISSIONS["booking_price_override"])

    def _guest_form(self, request: HttpRequest) -> DeskGuestForm:
        initial = {"key": form_key(), "language": get_language()}
        return DeskGuestForm(request.POST if request.method == "POST" else None, initial=initial)

    def _offers(self, stay_form: StayForm) -> list[RoomTypeOffer]:
        values = stay_form.cleaned_data
        try:
            return offers_for_property(
                property_id=values["house"].pk, stay=values["stay"], party=values["party"], for_staff=True
            )
        except DomainError as error:
            form_refused(stay_form, error)
            return []

    def _book(self, request: HttpRequest, stay_form: StayForm, guest_form: DeskGuestForm) -> Booking | None:
        """Book, or put what was refused into the form."""
        stay, values = stay_form.cleaned_data, guest_form.cleaned_data
        room_type_id, rate_plan_id, total = values["offer"]
        if room_type_id not in catalogue_get(property_id=stay["house"].pk).room_types:
            raise PermissionDenied
        try:
            return booking_at_desk(
                room_type_id=room_type_id,
                rate_plan_id=rate_plan_id,
                stay=stay["stay"],
                party=stay["party"],
                expected_total=total,
                guest=guest_form.guest(),
                actor=actor_of(request),
                key=values["key"],
                payment=_payment(values),
                price=guest_form.desk_price(),
            )
        except QuoteChanged as error:
            guest_form.add_error("offer", str(error))
        except DomainError as error:
            form_refused(guest_form, error)
        return None

    def _page(
        self,
        request: HttpRequest,
        stay_form: StayForm,
        guest_form: DeskGuestForm,
        offers: list[RoomTypeOffer] | None,
        *,
        is_walk_in: bool = False,
    ) -> HttpResponse:
        rows = None if offers is None else [_offer_row(offer) for offer in offers]
        cheapest = ""
        if is_walk_in and rows:
            rows.sort(key=_cheapest)
            plans = [plan for plan in rows[0]["plans"] if plan["total"] is not None]
            cheapest = min(plans, key=lambda plan: plan["total"])["value"] if plans else ""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Walk-in") if is_walk_in else _("Book for a guest"),
            "is_walk_in": is_walk_in,
            "stay_form": stay_form,
            "form": guest_form,
            "offers": rows,
            "chosen": guest_form.data.get("offer", cheapest),
            "house": stay_form.cleaned_data.get("house") if offers is not None else None,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/bookings/booking/desk.html", context)


def walk_in_url(house: Property, today: date) -> str:
    """The address of the page for somebody who stands at the desk: tonight, two adults, the prices at once."""
    query = {
        WALK_IN: 1,
        "house": house.pk,
        "arrival": today.isoformat(),
        "departure": (today + ONE_DAY).isoformat(),
        "adults": 2,
        "ages": "",
        "rooms": 1,
    }
    return f"{reverse('admin:bookings_booking_desk')}?{urlencode(query)}"


def _cheapest(row: dict[str, Any]) -> tuple[bool, Decimal]:
    """What can be had comes before what cannot, the cheapest first."""
    totals = [plan["total"] for plan in row["plans"] if plan["total"] is not None]
    return (not totals, min(totals, default=Decimal(0)))


def _payment(values: dict[str, Any]) -> DeskPayment | None:
    """The money that changes hands now, if any."""
    if not values["paid_by"]:
        return None
    return DeskPayment(method=values["paid_by"], amount=values["paid_amount"])


def _offer_row(offer: RoomTypeOffer) -> dict[str, Any]:
    """A room type with its plans; the value of a choice carries the total that was shown."""
    plans = [
        {
            "name": plan.rate_plan.name,
            "total": plan.total,
            "reason": plan.reason,
            "value": f"{offer.room_type.id}:{plan.rate_plan.id}:{plan.total}",
        }
        for plan in offer.plans
    ]
    return {
        "room_type": offer.room_type,
        "available": offer.available,
        "reason": offer.reason,
        "plans": plans,
    }
