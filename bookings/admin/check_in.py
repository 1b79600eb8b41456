"""The page on which somebody checks in: who, which room, the registration card, the money, all in one submit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.permissions import roles_for
from accounts.scoping import access_of, actor_of
from bookings.exceptions import RegistrationInvalid, UpgradeNeedsReason
from bookings.models import Booking
from bookings.registration_card import registration_card_pdf
from bookings.selectors.arriving import RoomOffer, rooms_offered
from bookings.selectors.assignments import assignments_of
from bookings.selectors.registrations import registration_suggested, registrations_of
from bookings.services import booking_receive
from bookings.services.registering import keep_until
from bookings.types import GuestRegistration
from core.admin import form_refused
from core.exceptions import DomainError
from core.staff_pages import staff_page
from payments.selectors import folio_balance

from .desk_forms import CARDS_MAX, CheckInForm, RegistrationForm
from .operations import OPERATIONS_BY_NAME
from .pages import BookingPages
from .returning import next_of
from .telling import tell_done


class CheckInPages(BookingPages):
    """Checking in, and the card on paper."""

    def check_in_page(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Show what is known, then do it all at once."""
        booking = self.booking_for(request, booking_id, "booking_check_in")
        owed = folio_balance(folio_id=booking.folio_id)
        offers = rooms_offered(booking=booking)
        form, cards = _forms(request, booking, owed, offers)
        if request.method == "POST" and not [part for part in (form, *cards) if not part.is_valid()]:
            try:
                booking_receive(
                    booking_id=booking_id,
                    actor=actor_of(request),
                    key=form.cleaned_data["key"],
                    room_ids=_changed_rooms(form, offers),
                    room_reason=form.cleaned_data["room_reason"],
                    registrations=_registrations(cards),
                    payment=form.payment(),
                )
            except UpgradeNeedsReason as error:
                form.add_error("room_reason", str(error))
            except RegistrationInvalid as error:
                form_refused(cards[0], error)
            except DomainError as error:
                form_refused(form, error)
            else:
                back = next_of(request)
                tell_done(request, OPERATIONS_BY_NAME["check-in"], booking, next_url=back)
                return redirect(back or self.change_url(booking_id))
        context = {
            "title": _("Check in"),
            "booking": booking,
            "form": form,
            "cards": cards,
            "rooms": _room_rows(form, offers),
            "owed": max(owed, Decimal(0)),
            "keep_until": keep_until(booking),
            "back": next_of(request) or self.change_url(booking_id),
        }
        has_errors = form.errors or any(card.errors for card in cards)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
        template = "admin/bookings/booking/check_in.html"
        return staff_page(request, template, context, site=self.admin_site, status=status)

    def registration_pdf(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """The cards of a booking as a document to be printed and signed; ``?blank=1`` empty."""
        booking = self.booking_for(request, booking_id, "booking_check_in")
        if not access_of(request).may(booking.property_id, *roles_for("bookings.registration", "view")):
            raise Http404
        is_blank = bool(request.GET.get("blank"))
        document = registration_card_pdf(
            house=booking.property,
            booking=None if is_blank else booking,
            cards=() if is_blank else registrations_of(booking=booking),
            room_numbers=[] if is_blank else [row.room.number for row in assignments_of(booking)],
        )
        answer = HttpResponse(document, content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="registration-{booking.reference}.pdf"'
        answer["Cache-Control"] = "no-store"
        return answer


def _forms(
    request: HttpRequest, booking: Booking, owed: Decimal, offers: Any
) -> tuple[CheckInForm, list[RegistrationForm]]:
    data = request.POST if request.method == "POST" else None
    form = CheckInForm(data, booking=booking, owed=owed, rooms=offers.by_index, initial=offers.initial())
    guests = min(booking.adults + len(booking.children_ages), CARDS_MAX)
    written = {card.position: card for card in registrations_of(booking=booking)}
    cards = []
    for position in range(1, guests + 1):
        initial: dict[str, Any] = {}
        if position == 1:
            initial = asdict(registration_suggested(booking=booking))
        elif position in written:
            initial = {name: getattr(written[position], name) for name in RegistrationForm.base_fields}
        cards.append(RegistrationForm(data, position=position, initial=initial))
    return form, cards


def _registrations(cards: Sequence[RegistrationForm]) -> list[GuestRegistration]:
    return [row for row in (card.registration() for card in cards) if row is not None]


def _changed_rooms(form: CheckInForm, offers: Any) -> dict[int, int]:
    """Only the rooms that are not given already."""
    given = offers.given
    return {index: room_id for index, room_id in form.room_ids().items() if given.get(index) != room_id}


def _room_rows(form: CheckInForm, offers: Any) -> list[dict[str, Any]]:
    """For each room of the booking its field and the rooms in groups: the best ones, and the others."""
    rows = []
    for index, free in offers.by_index.items():
        field: Any = form[f"room_{index}"]
        best: list[RoomOffer] = [option for option in free if option.is_good]
        rows.append(
            {
                "index": index,
                "field": field,
                "chosen": str(field.value() or ""),
                "best": best,
                "others": [option for option in free if not option.is_good],
            }
        )
    return rows
