"""Paying for all bookings of a trip at once."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from bookings.forms import PaymentForm
from bookings.models import Trip
from bookings.services.trips import trip_payment_start
from core.api.throttling import rate_limited
from core.exceptions import DomainError, Unavailable
from payments.gateways.stripe.pages import form_policy
from payments.models import Payment, PaymentStatus
from payments.selectors import payments_for_folio
from payments.sentences import failure_sentence
from payments.services import payment_refresh

from .paying import with_policy
from .trip_access import trip_page
from .trips import trip_context


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
@trip_page
def trip_pay(request: HttpRequest, trip: Trip) -> HttpResponse:
    """Show what is due for each booking; POST pays all of it with one charge."""
    context = trip_context(trip)
    if not context["options"]:
        return redirect("bookings:trip", trip.reference)
    form = PaymentForm(request.POST or None, options=context["options"])
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            payment = _start(request, trip, form)
            if payment.status != PaymentStatus.FAILED:
                return redirect(_next_url(trip, payment))
            form.add_error(None, failure_sentence(payment.failure_code))
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.http_status
            context = trip_context(trip)
    context |= {"form": form, "key": secrets.token_urlsafe(24)}
    return with_policy(render(request, "bookings/trip_pay.html", context, status=status), form_policy())


@require_safe
@trip_page
def trip_return(request: HttpRequest, trip: Trip) -> HttpResponse:
    """Meet the guest who comes back from the bank: ask the provider, then show what became of it."""
    payments = payments_for_folio(folio_id=trip.folio_id) if trip.folio_id else []
    for payment in payments:
        if payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING):
            try:
                payment_refresh(payment_id=payment.pk)
            except Unavailable as error:
                messages.info(request, str(error.message))
                return redirect("bookings:trip", trip.reference)
    newest = next(iter(payments_for_folio(folio_id=trip.folio_id)), None) if trip.folio_id else None
    if newest and newest.status in (PaymentStatus.FAILED, PaymentStatus.REQUIRES_ACTION):
        messages.warning(request, failure_sentence(newest.failure_code))
        return redirect("bookings:trip_pay", trip.reference)
    return redirect("bookings:trip", trip.reference)


def _start(request: HttpRequest, trip: Trip, form: PaymentForm) -> Payment:
    chosen = form.chosen
    return trip_payment_start(
        trip_id=trip.pk,
        gateway=chosen.gateway,
        purpose=chosen.purpose,
        expected_total=chosen.amount,
        idempotency_key=form.choice_key,
        return_url=request.build_absolute_uri(reverse("bookings:trip_return", args=[trip.reference])),
        card=form.card_token,
        user=request.user if isinstance(request.user, User) else None,
    )


def _next_url(trip: Trip, payment: Payment) -> str:
    if payment.status == PaymentStatus.REQUIRES_ACTION and payment.redirect_url:
        return payment.redirect_url
    return reverse("bookings:trip", args=[trip.reference])
