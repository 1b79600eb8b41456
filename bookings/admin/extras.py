"""Breakfast, parking, minibar: added to a stay at the desk by one press."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from bookings.models import Booking
from bookings.selectors.extras import ExtraOffer, extra_charges, extras_offered
from bookings.services.extras import extra_add
from core.admin import form_page, form_refused
from core.dates import date_range
from core.exceptions import DomainError
from core.formats import format_day
from core.money import format_money

from .invoice_forms import KeyForm


class ExtraForm(KeyForm):
    """How many, and for which night."""

    extra = forms.TypedChoiceField(coerce=int, widget=forms.HiddenInput)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, required=False)
    night = forms.TypedChoiceField(label=_("Night"), coerce=str, required=False, empty_value="", choices=())

    field_order = ("quantity", "night")

    def __init__(self, *args: Any, booking: Booking, offers: list[ExtraOffer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        extra: Any = self.fields["extra"]
        extra.choices = [(offer.extra.pk, offer.extra.name) for offer in offers]
        self.defaults = {offer.extra.pk: offer.quantity for offer in offers}
        nights = list(date_range(booking.arrival, booking.departure))
        night: Any = self.fields["night"]
        night.choices = [("", _("Every night"))] + [(day.isoformat(), format_day(day)) for day in nights]
        self.nights = {day.isoformat(): day for day in nights}
        self.fields["quantity"].widget.attrs["placeholder"] = gettext("as usual")

    def arguments(self) -> dict[str, Any]:
        """What is added: without a number, as many as the stay has guests, or one."""
        values = self.cleaned_data
        return {
            "extra_id": values["extra"],
            "quantity": values["quantity"] or self.defaults[values["extra"]],
            "night": self.nights.get(values["night"]),
            "key": values["key"],
        }


class ExtrasPages(PropertyScopedAdmin):
    """Adds the page to the admin of bookings."""

    def extras_page(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Big buttons for everything the house sells; what was added stands below, to be taken off."""
        rows: Any = self.get_queryset(request)
        booking: Booking | None = rows.filter(pk=booking_id).first()
        if booking is None or not self.operation_allowed(request, "extra_add", booking):
            raise Http404
        offers = extras_offered(booking=booking)
        form = ExtraForm(request.POST or None, booking=booking, offers=offers)
        if request.method == "POST" and form.is_valid():
            try:
                entries = extra_add(booking_id=booking_id, actor=actor_of(request), **form.arguments())
            except DomainError as error:
                form_refused(form, error)
            else:
                total = format_money(sum(entry.amount for entry in entries), booking.currency)
                text = ngettext(
                    "%(what)s: %(amount)s was charged.",
                    "%(what)s: %(amount)s was charged for %(count)d nights.",
                    len(entries),
                )
                values = {"what": entries[0].description, "amount": total, "count": len(entries)}
                self.message_user(request, text % values, messages.SUCCESS)
                return redirect("admin:bookings_booking_extras", booking_id)
        context = {
            "booking": booking,
            "offers": offers,
            "charges": extra_charges(folio_id=booking.folio_id),
            "currency": booking.currency,
        }
        return form_page(
            self,
            request,
            form=form,
            title=_("Add extras"),
            submit_label="",
            original=booking,
            template="admin/bookings/booking/extras.html",
            context=context,
        )
