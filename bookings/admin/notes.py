"""Notes of staff on a booking."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from accounts.permissions import may_with, roles_for
from accounts.scoping import access_of, actor_of
from bookings.models import Booking
from bookings.services import booking_note_add
from core.exceptions import DomainError

from .pages import BookingPages
from .returning import next_of


class NotePages(BookingPages):
    """Writing a note from the page of a booking."""

    def may_note(self, request: HttpRequest, booking: Booking) -> bool:
        """Whether the user may write a note on this booking."""
        roles = roles_for("bookings.bookingnote", "add")
        return may_with(access_of(request), booking.property_id, roles)

    def note_add(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Append a note and go back to the notes."""
        booking = self.get_queryset(request).filter(pk=booking_id).first()
        if booking is None:
            raise Http404
        if not self.may_note(request, booking):
            raise PermissionDenied
        if request.method == "POST":
            try:
                booking_note_add(
                    booking_id=booking_id, text=request.POST.get("text", ""), actor=actor_of(request)
                )
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, gettext("The note is written."), messages.SUCCESS)
        return redirect(next_of(request) or f"{self.change_url(booking_id)}#notes")
