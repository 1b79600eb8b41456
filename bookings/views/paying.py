"""The third step: money, now or at the property."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from bookings.exceptions import GuestRequired, HoldExpired
from bookings.forms import PaymentForm
from bookings.models import Booking
from bookings.selectors import payment_options
from bookings.services import booking_payment_start
from bookings.transitions import BookingStatus
from core.api.throttling import rate_limited
from core.exceptions import DomainError, Unavailable
from payments.gateways.stripe.pages import SCRIPT as STRIPE_SCRIPT
from payments.gateways.stripe.pages import Policy, field_policy, form_policy
from payments.models import Payment, PaymentStatus
from payments.selectors import payments_for_folio
from payments.sentences import failure_sentence
from payments.services import payment_await, payment_client, payment_refresh

from .access import booking_page
from .context import booking_context, hold_is_running, not_waiting_response


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
@booking_page
def pay(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Show the ways to pay; POST starts one and goes where it leads: the bank, the booking, or here again."""
    options = payment_options(booking=booking)
    is_hold = hold_is_running(booking)
    if not options or (booking.status == BookingStatus.HELD and not is_hold):
        return not_waiting_response(request, booking)
    if not booking.guest_name:
        return redirect("bookings:guest", booking.reference)
    form = PaymentForm(request.POST or None, options=options)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            payment = _start(request, booking, form)
            if payment.status != PaymentStatus.FAILED:
                return redirect(_next_url(booking, payment))
            form.add_error(None, failure_sentence(payment.failure_code))
        except HoldExpired:
            booking.refresh_from_db()
            return not_waiting_response(request, booking)
        except GuestRequired:
            return redirect("bookings:guest", booking.reference)
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.http_status
    context = {
        **booking_context(booking),
        "form": form,
        "options": options,
        "is_hold": is_hold,
        "last_payment": next(iter(payments_for_folio(folio_id=booking.folio_id)), None),
        "key": secrets.token_urlsafe(24),
    }
    return with_policy(render(request, "bookings/pay.html", context, status=status), form_policy())


@require_safe
@booking_page
def pay_card(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Show the provider's field for the card of the payment that waits for it. Its secret goes into this page alone."""
    waiting = _waiting_payment(booking)
    if waiting is None:
        return redirect("bookings:detail", booking.reference)
    if waiting.redirect_url:
        return redirect("bookings:pay", booking.reference)
    context = {**booking_context(booking), "is_hold": hold_is_running(booking), "payment": waiting}
    try:
        client = payment_client(payment_id=waiting.pk)
    except Unavailable as error:
        return render(
            request, "bookings/pay_card.html", {**context, "error": error}, status=error.http_status
        )
    if client is None:
        return redirect("bookings:return", booking.reference)
    context |= {
        "key": secrets.token_urlsafe(24),
        "script": STRIPE_SCRIPT,
        "client": {
            "publishableKey": client.publishable_key,
            "clientSecret": client.client_secret,
            "returnUrl": request.build_absolute_uri(reverse("bookings:return", args=[booking.reference])),
            "locale": get_language(),
        },
    }
    return with_policy(render(request, "bookings/pay_card.html", context), field_policy())


@require_safe
@booking_page
def payment_return(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Meet the guest who comes back from the bank: ask the provider, then show what became of it."""
    for payment in payments_for_folio(folio_id=booking.folio_id):
        if payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING):
            try:
                payment_refresh(payment_id=payment.pk)
            except Unavailable:
                payment_await(payment_id=payment.pk)  # so that the page says that the answer is still to come
                return redirect("bookings:detail", booking.reference)
    newest = next(iter(payments_for_folio(folio_id=booking.folio_id)), None)
    if newest and newest.status in (PaymentStatus.FAILED, PaymentStatus.REQUIRES_ACTION):
        return redirect("bookings:pay", booking.reference)
    return redirect("bookings:detail", booking.reference)


def _waiting_payment(booking: Booking) -> Payment | None:
    payments = payments_for_folio(folio_id=booking.folio_id)
    return next((one for one in payments if one.status == PaymentStatus.REQUIRES_ACTION), None)


def with_policy(response: HttpResponse, policy: Policy) -> HttpResponse:
    """Widen the content security policy of this one page; the settings say what it widens."""
    update: Callable[..., Any] = csp_update(policy)
    widened: HttpResponse = update(lambda: response)()
    return widened


def _start(request: HttpRequest, booking: Booking, form: PaymentForm) -> Payment:
    chosen = form.chosen
    return booking_payment_start(
        booking_id=booking.pk,
        gateway=chosen.gateway,
        purpose=chosen.purpose,
        idempotency_key=form.choice_key,
        return_url=request.build_absolute_uri(reverse("bookings:return", args=[booking.reference])),
        card=form.card_token,
        user=request.user if isinstance(request.user, User) else None,
    )


def _next_url(booking: Booking, payment: Payment) -> str:
    if payment.status == PaymentStatus.REQUIRES_ACTION:
        return payment.redirect_url or reverse("bookings:pay_card", args=[booking.reference])
    return reverse("bookings:detail", args=[booking.reference])
