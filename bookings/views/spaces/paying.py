"""Paying for a space: the same ways as for a stay."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bookings.forms import PaymentForm
from bookings.models import SpaceBooking
from bookings.selectors.spaces import space_payment_options, waits_for_money
from bookings.services.spaces import space_folio_settle, space_payment_start
from bookings.views.paying import with_policy
from core.api.throttling import rate_limited
from core.exceptions import DomainError, Unavailable
from payments.gateways.stripe.pages import form_policy
from payments.models import Payment, PaymentStatus
from payments.selectors import payments_for_folio
from payments.sentences import failure_sentence
from payments.services import payment_await, payment_refresh

from .access import space_booking_page, user_of


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
@space_booking_page
def space_pay(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """Show the ways to pay; POST starts one and goes where it leads: the bank, the booking, or here again."""
    options = space_payment_options(booking=booking)
    waits = waits_for_money(booking)
    is_late = waits and booking.hold_expires_at is not None and booking.hold_expires_at <= timezone.now()
    if not options or is_late:
        return redirect("bookings:space_booking", booking.reference)
    form = PaymentForm(request.POST or None, options=options)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            payment = space_payment_start(
                booking_id=booking.pk,
                gateway=form.chosen.gateway,
                idempotency_key=form.choice_key,
                return_url=request.build_absolute_uri(
                    reverse("bookings:space_return", args=[booking.reference])
                ),
                card=form.card_token,
                user=user_of(request),
            )
            if payment.status != PaymentStatus.FAILED:
                return redirect(_next_url(booking, payment))
            form.add_error(None, failure_sentence(payment.failure_code))
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.http_status
    context = {
        "booking": booking,
        "property": booking.property,
        "space": booking.space,
        "form": form,
        "is_hold": waits,
        "key": secrets.token_urlsafe(24),
    }
    return with_policy(render(request, "spaces/pay.html", context, status=status), form_policy())


@require_safe
@space_booking_page
def space_return(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """Meet the guest who comes back from the bank: ask the provider, then show what became of it."""
    if booking.folio_id is None:
        return redirect("bookings:space_booking", booking.reference)
    for payment in payments_for_folio(folio_id=booking.folio_id):
        if payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING):
            try:
                payment_refresh(payment_id=payment.pk)
            except Unavailable:
                payment_await(payment_id=payment.pk)  # so that the page says that the answer is still to come
                return redirect("bookings:space_booking", booking.reference)
    newest = next(iter(payments_for_folio(folio_id=booking.folio_id)), None)
    if newest and newest.status in (PaymentStatus.FAILED, PaymentStatus.REQUIRES_ACTION):
        return redirect("bookings:space_pay", booking.reference)
    space_folio_settle(folio_id=booking.folio_id)
    return redirect("bookings:space_booking", booking.reference)


def _next_url(booking: SpaceBooking, payment: Payment) -> str:
    if payment.status == PaymentStatus.REQUIRES_ACTION and payment.redirect_url:
        return payment.redirect_url
    return reverse("bookings:space_booking", args=[booking.reference])
