"""Stripe: one payment of ours is one PaymentIntent of theirs, whichever way the guest's card gets there.

``card`` says which way: "" or "element" leaves it to Stripe's field on our page (or in a program's own page), "hosted"
to Stripe's page, which works without JavaScript, and "pm_…" is a card that a program has given to Stripe before. A
Checkout Session, which is Stripe's page, makes its PaymentIntent itself; until then the payment knows only its session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import stripe
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.exceptions import AmountInvalid, CardUnknown, EventInvalid, GatewayRefused, PaymentNotKnown
from payments.gateways.base import (
    GatewayResult,
    ProviderDispute,
    ProviderEvent,
    ProviderRefund,
    RefundResult,
)
from payments.models import Payment, PaymentStatus, Refund
from payments.types import PaymentClient

from . import events, reading
from .amounts import amount_to_stripe
from .client import stripe_client, stripe_errors
from .reading import FLOW_CARD, FLOW_ELEMENT, FLOW_HOSTED, FLOW_NAME, KEY_NAME, REFUND_KEY_NAME

EXPIRES_MINUTES = 35
"""Stripe's page lasts 30 minutes at least; the rest is room for a request that is repeated."""

KEYS_LAST_HOURS = 20
"""Stripe forgets idempotency keys after 24 hours; older refunds are looked for before they are asked for again."""

SEARCH_BEFORE, SEARCH_AFTER = timedelta(minutes=5), timedelta(minutes=15)
"""How far from our own time of sending a payment is looked for in Stripe's lists."""
SEARCH_MAX = 2_000

CHARGE = "latest_charge"


class StripeGateway:
    """Cards through Stripe, with 3-D Secure. Card numbers go from the guest to Stripe and never come near us."""

    code = "stripe"
    label: str | Promise = _("Card")
    description: str | Promise = _("Your card details go straight to Stripe; we never see them.")
    moves_money = True
    is_remote = True
    expires_after = timedelta(minutes=EXPIRES_MINUTES)

    def is_enabled(self) -> bool:
        """Return whether the keys of an account are set."""
        return bool(
            settings.STRIPE_SECRET_KEY and settings.STRIPE_PUBLISHABLE_KEY and settings.STRIPE_WEBHOOK_SECRETS
        )

    def start(self, *, payment: Payment, return_url: str, card: str) -> GatewayResult:
        """Open a PaymentIntent, or Stripe's page. Raises `CardUnknown`, `AmountInvalid`."""
        flow = FLOW_CARD if card.startswith("pm_") else card or FLOW_ELEMENT
        if flow not in (FLOW_ELEMENT, FLOW_HOSTED, FLOW_CARD):
            raise CardUnknown(field="card")
        metadata = {KEY_NAME: payment.idempotency_key, FLOW_NAME: flow}
        amount = amount_to_stripe(payment.amount, payment.currency)
        if flow == FLOW_HOSTED:
            return self._start_hosted(payment, amount, metadata, return_url)
        params: dict[str, Any] = {
            "amount": amount,
            "currency": payment.currency.lower(),
            "payment_method_types": ["card"],
            "capture_method": _capture_method(payment),
            "metadata": metadata,
            "expand": [CHARGE],
        }
        if flow == FLOW_CARD:
            params |= {"payment_method": card, "confirm": True}
        try:
            with stripe_errors():
                intent = stripe_client().v1.payment_intents.create(
                    params,  # type: ignore[arg-type]
                    {"idempotency_key": payment.idempotency_key},
                )
        except stripe.CardError as error:
            return _declined(payment, error)
        return reading.intent_result(_plain(intent))

    def _start_hosted(
        self, payment: Payment, amount: int, metadata: dict[str, str], return_url: str
    ) -> GatewayResult:
        assert payment.expires_at is not None
        params: dict[str, Any] = {
            "mode": "payment",
            "submit_type": "book",
            "payment_method_types": ["card"],
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": payment.currency.lower(),
                        "unit_amount": amount,
                        "product_data": {"name": payment.folio.property.name},
                    },
                }
            ],
            "success_url": return_url,
            "cancel_url": return_url,
            "expires_at": int(payment.expires_at.timestamp()),
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "capture_method": _capture_method(payment)},
        }
        with stripe_errors():
            session = stripe_client().v1.checkout.sessions.create(
                params,  # type: ignore[arg-type]
                {"idempotency_key": payment.idempotency_key},
            )
        return reading.session_result(_plain(session))

    def fetch(self, *, payment: Payment) -> GatewayResult:
        """Read the PaymentIntent or the session; by our key where neither is known. Raises `PaymentNotKnown`."""
        return self._read(self._found(payment))

    def cancel(self, *, payment: Payment) -> GatewayResult:
        """Close the page and cancel the intent, or release what a bank has put aside; or say what became of it."""
        found = self._found(payment)
        client = stripe_client().v1
        try:
            with stripe_errors():
                if found.get("object") == "checkout.session" and found["status"] == "open":
                    client.checkout.sessions.expire(found["id"])
                elif intent_id := _intent_id(found):
                    client.payment_intents.cancel(intent_id)
        except GatewayRefused:
            pass  # it has ended in the meantime: what it is now is read below
        return self._read(self._found(payment))

    def capture(self, *, payment: Payment) -> GatewayResult:
        """Take the payment's amount of what is put aside; the rest is released by Stripe."""
        amount = amount_to_stripe(payment.amount, payment.currency)
        intent_id = _intent_id(self._found(payment))
        try:
            with stripe_errors():
                stripe_client().v1.payment_intents.capture(
                    intent_id,
                    {"amount_to_capture": amount},
                    {"idempotency_key": f"{payment.idempotency_key}-capture-{amount}"},
                )
        except (GatewayRefused, stripe.CardError):
            pass  # taken, released or refused in the meantime: what it is now is read below
        return self.fetch(payment=payment)

    def client(self, *, payment: Payment) -> PaymentClient | None:
        """Return the keys for Stripe's field, while the guest has something to do. Raises `PaymentNotKnown`."""
        found = self._found(payment)
        secret = found.get("client_secret") if found.get("object") == "payment_intent" else None
        if not secret or reading.INTENT_STATUSES[found["status"]] != PaymentStatus.REQUIRES_ACTION:
            return None
        return PaymentClient(publishable_key=settings.STRIPE_PUBLISHABLE_KEY, client_secret=secret)

    def refund(self, *, refund: Refund) -> RefundResult:
        """Give back once; one that was asked for is read again, and one that is too old for its key looked for."""
        client = stripe_client().v1
        if refund.provider_reference:
            with stripe_errors():
                return reading.refund_result(_plain(client.refunds.retrieve(refund.provider_reference)))
        payment = refund.payment
        intent_id = payment.provider_reference
        if timezone.now() - refund.created_at > timedelta(hours=KEYS_LAST_HOURS):
            for found in self._refunds(intent_id):
                if (found.get("metadata") or {}).get(REFUND_KEY_NAME) == refund.idempotency_key:
                    return reading.refund_result(found)
        try:
            with stripe_errors():
                made = client.refunds.create(
                    {
                        "payment_intent": intent_id,
                        "amount": amount_to_stripe(refund.amount, payment.currency),
                        "metadata": {REFUND_KEY_NAME: refund.idempotency_key},
                    },
                    {"idempotency_key": refund.idempotency_key},
                )
        except (AmountInvalid, GatewayRefused, PaymentNotKnown, stripe.CardError) as error:
            return reading.refund_refused(error)
        return reading.refund_result(_plain(made))

    def refunds(self, *, payment: Payment) -> list[ProviderRefund]:
        """Return all refunds of the PaymentIntent."""
        return [reading.provider_refund(refund) for refund in self._refunds(payment.provider_reference)]

    def disputes(self, *, payment: Payment) -> list[ProviderDispute]:
        """Return all disputes of the PaymentIntent."""
        with stripe_errors():
            found = stripe_client().v1.disputes.list(
                {"payment_intent": payment.provider_reference, "limit": 100}
            )
            return [reading.provider_dispute(_plain(dispute)) for dispute in found.data]

    def event_parse(self, *, body: bytes, headers: Mapping[str, str], at: datetime) -> ProviderEvent:
        """Verify and read an event; any of the secrets may have signed it, while one replaces another."""
        if not self.is_enabled():
            raise EventInvalid
        names = {name.lower(): value for name, value in headers.items()}
        events.event_verify(
            body=body,
            header=names.get(events.HEADER.lower(), ""),
            secrets=settings.STRIPE_WEBHOOK_SECRETS,
            at=at,
        )
        return events.event_read(body)

    def _found(self, payment: Payment) -> dict[str, Any]:
        """Read the session (while it may still change) or the PaymentIntent of a payment. Raises `PaymentNotKnown`."""
        client = stripe_client().v1
        with stripe_errors():
            if payment.provider_session and payment.status != PaymentStatus.AUTHORIZED:
                return _plain(
                    client.checkout.sessions.retrieve(
                        payment.provider_session, {"expand": [f"payment_intent.{CHARGE}"]}
                    )
                )
            if payment.provider_reference:
                return _plain(
                    client.payment_intents.retrieve(payment.provider_reference, {"expand": [CHARGE]})
                )
            return self._search(payment)

    def _search(self, payment: Payment) -> dict[str, Any]:
        """Find a payment whose answer was lost, by our key in its metadata.

        In the lists of what was made about then, which are exact at once; Stripe's search is a minute behind, and is
        not there in every country.
        """
        client = stripe_client().v1
        sent_at = payment.attempted_at or payment.created_at
        made = {
            "gte": int((sent_at - SEARCH_BEFORE).timestamp()),
            "lte": int((sent_at + SEARCH_AFTER).timestamp()),
        }
        lists: tuple[tuple[Any, list[str]], ...] = (
            (client.payment_intents, [f"data.{CHARGE}"]),
            (client.checkout.sessions, [f"data.payment_intent.{CHARGE}"]),
        )
        for rows, expand in lists:
            page = rows.list({"created": made, "limit": 100, "expand": expand})
            for row in _plain_each(page.auto_paging_iter()):
                if (row.get("metadata") or {}).get(KEY_NAME) == payment.idempotency_key:
                    return row
        raise PaymentNotKnown

    def _read(self, found: dict[str, Any]) -> GatewayResult:
        if found["object"] == "checkout.session":
            return reading.session_result(found)
        return reading.intent_result(found)

    def _refunds(self, intent_id: str) -> list[dict[str, Any]]:
        with stripe_errors():
            page = stripe_client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
            return list(_plain_each(page.auto_paging_iter()))


def _capture_method(payment: Payment) -> str:
    """As the settings say; but what is for several stays is taken at once, because only the whole could be later."""
    return "automatic" if payment.folio.is_collective else str(settings.STRIPE_CAPTURE)


def _plain(row: Any) -> dict[str, Any]:
    plain: dict[str, Any] = row.to_dict()
    return plain


def _plain_each(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return (_plain(row) for row in islice(rows, SEARCH_MAX))


def _intent_id(found: Mapping[str, Any]) -> str:
    """The PaymentIntent's id of a session or of itself, "" where there is none yet."""
    intent = found.get("payment_intent") if found["object"] == "checkout.session" else found
    return str(intent["id"]) if isinstance(intent, Mapping) else str(intent or "")


def _declined(payment: Payment, error: stripe.CardError) -> GatewayResult:
    """Read the refusal of a card that was sent along, with the intent that Stripe keeps for it."""
    answer: Any = error.json_body or {}
    body = answer.get("error") or {}
    intent = body.get("payment_intent") or {}
    return GatewayResult(
        status=PaymentStatus.FAILED,
        provider_reference=intent.get("id", ""),
        amount=payment.amount,
        currency=payment.currency,
        failure_code=reading.failure_code(body),
    )
