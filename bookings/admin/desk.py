"""Booking for a guest: dates and party, then rooms with prices, then who comes and how they pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from bookings.models import Booking
from bookings.services import DeskPayment, booking_at_desk
from core.admin import form_refused
from core.exceptions import DomainError
from inventory.exceptions import QuoteChanged
from inventory.models import Property
from inventory.selectors import RoomTypeOffer, offers_for_property, quote_get
from payments.admin.forms import form_key

from .forms import DeskGuestForm, StayForm


class DeskPages(PropertyScopedAdmin):
    """The page "Book for a guest". The stay stands in the address, so that it can be changed and kept."""

    def desk(self, request: HttpRequest) -> HttpResponse:
        """Show the offers for a stay, and book the one that was chosen."""
        if not self.may(request, "add"):
            raise PermissionDenied
        houses = self._houses(request)
        stay_form = StayForm(
            request.GET or None, initial={"house": houses.first() if len(houses) == 1 else None}
        )
        house_field: Any = stay_form.fields["house"]
        house_field.queryset = houses
        is_chosen = bool(request.GET) and stay_form.is_valid()
        guest_form = self._guest_form(request)
        if request.method == "POST" and is_chosen and guest_form.is_valid():
            booking = self._book(request, stay_form, guest_form)
            if booking is not None:
                text = gettext("%(booking)s is booked and confirmed.") % {"booking": booking}
                self.message_user(request, text, messages.SUCCESS)
                return redirect(self.change_url(booking.pk))
        offers = self._offers(stay_form) if is_chosen else None
        return self._page(request, stay_form, guest_form, offers)

    def _houses(self, request: HttpRequest) -> Any:
        """Where the user may book."""
        ids = self.writable_property_ids(request)
        rows = Property.objects.order_by("name", "pk")
        return rows if ids is None else rows.filter(pk__in=ids)

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
        try:
            quote = quote_get(
                room_type_id=room_type_id,
                rate_plan_id=rate_plan_id,
                stay=stay["stay"],
                party=stay["party"],
                for_staff=True,
            )
            if quote.property_id != stay["house"].pk:
                raise PermissionDenied
            return booking_at_desk(
                room_type_id=room_type_id,
                rate_plan_id=rate_plan_id,
                stay=stay["stay"],
                party=stay["party"],
                expected_total=total,
                guest=guest_form.guest(),
                actor=actor_of(request),
                key=values["key"],
                payment=_payment(values, total),
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
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Book for a guest"),
            "stay_form": stay_form,
            "form": guest_form,
            "offers": None if offers is None else [_offer_row(offer) for offer in offers],
            "chosen": guest_form.data.get("offer", ""),
            "house": stay_form.cleaned_data.get("house") if offers is not None else None,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/bookings/booking/desk.html", context)


def _payment(values: dict[str, Any], total: Decimal) -> DeskPayment | None:
    """The money that changes hands now, if any."""
    if not values["paid_by"]:
        return None
    amount = values["paid_amount"]
    return DeskPayment(method=values["paid_by"], amount=total if amount is None else amount)


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
