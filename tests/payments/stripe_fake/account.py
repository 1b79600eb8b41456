"""The books of the fake account: objects as Stripe's API shows them, and what happens to them."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

DECLINED = {
    "pm_card_visa_chargeDeclined": "card_declined",
    "pm_card_chargeCustomerFail": "card_declined",
    "pm_card_insufficientFunds": "insufficient_funds",
}
NEEDS_3DS = frozenset({"pm_card_threeDSecureRequired"})


class ApiError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, **fields: Any) -> None:
        super().__init__(message)
        kind = "card_error" if status == 402 else "invalid_request_error"
        self.status = status
        self.body = {"error": {"type": fields.pop("type", kind), "message": message, **fields}}


class Account:
    """Everything one account knows. Methods are called under the server's lock."""

    def __init__(self, announce: Callable[[str, Row], None]) -> None:
        self.intents: dict[str, Row] = {}
        self.sessions: dict[str, Row] = {}
        self.refunds: dict[str, Row] = {}
        self.disputes: dict[str, Row] = {}
        self.base_url = ""
        self._announce = announce
        self._numbers = itertools.count(1)

    def _id(self, prefix: str) -> str:
        return f"{prefix}_fake{next(self._numbers):04}{secrets.token_hex(8)}"

    # --- intents ----------------------------------------------------------------------------------------------------

    def intent_create(self, params: Row) -> Row:
        intent_id = self._id("pi")
        intent = {
            "id": intent_id,
            "object": "payment_intent",
            "amount": int(params["amount"]),
            "amount_received": 0,
            "amount_capturable": 0,
            "currency": params["currency"],
            "capture_method": params.get("capture_method", "automatic"),
            "client_secret": f"{intent_id}_secret_{secrets.token_hex(12)}",
            "created": int(time.time()),
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": params.get("metadata") or {},
            "next_action": None,
            "payment_method": None,
            "status": "requires_payment_method",
            "livemode": False,
        }
        if intent["amount"] < 1:
            raise ApiError(400, "too small", code="amount_too_small", param="amount")
        self.intents[intent_id] = intent
        self._announce("payment_intent.created", intent)
        if params.get("confirm") == "true":
            self.intent_confirm(intent, params["payment_method"])
        return intent

    def intent_confirm(self, intent: Row, method: str) -> None:
        """Try a card; one that is declined raises, and the intent waits for another."""
        if not method.startswith("pm_card_"):
            raise ApiError(400, "No such PaymentMethod", code="resource_missing", param="payment_method")
        if method in DECLINED:
            intent["last_payment_error"] = {"code": "card_declined", "decline_code": DECLINED[method]}
            if DECLINED[method] == "card_declined":
                intent["last_payment_error"]["decline_code"] = "generic_decline"
            self._announce("payment_intent.payment_failed", intent)
            raise ApiError(402, "Declined.", **intent["last_payment_error"], payment_intent=dict(intent))
        intent["payment_method"] = method
        if method in NEEDS_3DS:
            intent["status"] = "requires_action"
            intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
            self._announce("payment_intent.requires_action", intent)
            return
        self.intent_pay(intent)

    def intent_authenticate(self, intent: Row, *, approved: bool) -> None:
        """The guest has answered the bank."""
        intent["next_action"] = None
        if approved:
            self.intent_pay(intent)
            return
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {"code": "payment_intent_authentication_failure"}
        self._announce("payment_intent.payment_failed", intent)

    def intent_pay(self, intent: Row) -> None:
        """The bank pays, or puts the money aside."""
        is_manual = intent["capture_method"] == "manual"
        intent["last_payment_error"] = None
        intent["latest_charge"] = {
            "id": self._id("ch"),
            "object": "charge",
            "payment_intent": intent["id"],
            "amount": intent["amount"],
            "amount_refunded": 0,
            "disputed": False,
            "currency": intent["currency"],
            "captured": not is_manual,
            "payment_method_details": {"card": {"last4": "4242", "brand": "visa"}},
        }
        if is_manual:
            intent["status"], intent["amount_capturable"] = "requires_capture", intent["amount"]
            card = intent["latest_charge"]["payment_method_details"]["card"]
            card["capture_before"] = int(time.time()) + 7 * 24 * 3600
            self._announce("payment_intent.amount_capturable_updated", intent)
            return
        intent["status"], intent["amount_received"] = "succeeded", intent["amount"]
        self._announce("payment_intent.succeeded", intent)
        for session in self.sessions.values():
            if session["payment_intent"] == intent["id"]:
                session["status"] = "complete"
                self._announce("checkout.session.completed", session)

    def intent_capture(self, intent: Row, params: Row) -> Row:
        amount = int(params.get("amount_to_capture") or intent["amount"])
        if intent["status"] != "requires_capture" or amount > intent["amount_capturable"]:
            raise self._unexpected(intent)
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        self._announce("payment_intent.succeeded", intent)
        return intent

    def intent_cancel(self, intent: Row) -> Row:
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise self._unexpected(intent)
        intent |= {"status": "canceled", "amount_capturable": 0, "next_action": None}
        self._announce("payment_intent.canceled", intent)
        return intent

    def _unexpected(self, intent: Row) -> ApiError:
        return ApiError(400, f"is {intent['status']}", code="payment_intent_unexpected_state")

    # --- Stripe's own page ------------------------------------------------------------------------------------------

    def session_create(self, params: Row) -> Row:
        if not time.time() + 30 * 60 - 5 <= int(params["expires_at"]) <= time.time() + 24 * 3600:
            raise ApiError(400, "expires_at is 30 minutes to 24 hours from now", param="expires_at")
        session_id = self._id("cs")
        price = params["line_items"][0]["price_data"]
        session = {
            "id": session_id,
            "object": "checkout.session",
            "amount_total": int(price["unit_amount"]),
            "currency": price["currency"],
            "created": int(time.time()),
            "expires_at": int(params["expires_at"]),
            "metadata": params.get("metadata") or {},
            "payment_intent": None,
            "status": "open",
            "success_url": params["success_url"],
            "cancel_url": params["cancel_url"],
            "url": f"{self.base_url}/pay/{session_id}",
            "_intent": params["payment_intent_data"],
            "_name": price["product_data"]["name"],
        }
        self.sessions[session_id] = session
        return session

    def session_pay(self, session: Row, method: str) -> Row:
        """The guest sends a card on Stripe's page; the session makes its intent now."""
        if session["payment_intent"] is None:
            data = session["_intent"]
            intent = self.intent_create(
                {"amount": session["amount_total"], "currency": session["currency"], **data}
            )
            session["payment_intent"] = intent["id"]
        intent = self.intents[session["payment_intent"]]
        self.intent_confirm(intent, method)
        return intent

    def session_expire(self, session: Row) -> Row:
        if session["status"] != "open":
            raise ApiError(400, "Only open sessions can be expired")
        session["status"] = "expired"
        if session["payment_intent"]:
            self.intents[session["payment_intent"]]["status"] = "canceled"
        self._announce("checkout.session.expired", session)
        return session

    # --- refunds and disputes ---------------------------------------------------------------------------------------

    def refund_create(self, params: Row) -> Row:
        intent = self.intents.get(params["payment_intent"])
        charge = intent["latest_charge"] if intent else None
        if intent is None or charge is None or intent["status"] != "succeeded":
            raise ApiError(400, "not paid", code="charge_not_refundable")
        amount = int(params.get("amount") or intent["amount_received"])
        if charge["amount_refunded"] + amount > intent["amount_received"]:
            raise ApiError(400, "already refunded", code="charge_already_refunded")
        charge["amount_refunded"] += amount
        refund = {
            "id": self._id("re"),
            "object": "refund",
            "amount": amount,
            "currency": intent["currency"],
            "created": int(time.time()),
            "metadata": params.get("metadata") or {},
            "payment_intent": intent["id"],
            "status": "succeeded",
        }
        self.refunds[refund["id"]] = refund
        self._announce("charge.refunded", charge)
        return refund

    def refund_fail(self, refund: Row, *, announced: tuple[str, ...] = ("refund.failed",)) -> None:
        """The guest's bank has sent the money back: the account has it again."""
        refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        self.intents[refund["payment_intent"]]["latest_charge"]["amount_refunded"] -= refund["amount"]
        for kind in announced:
            self._announce(kind, refund)

    def dispute_open(self, intent: Row, *, status: str = "needs_response") -> Row:
        """The guest's bank asks for the money back and, unless it only asks, takes it."""
        charge = intent["latest_charge"]
        charge["disputed"] = True
        dispute = {
            "id": self._id("dp"),
            "object": "dispute",
            "amount": intent["amount_received"],
            "balance_transactions": [],
            "created": int(time.time()),
            "currency": intent["currency"],
            "evidence_details": {"due_by": int(time.time()) + 7 * 24 * 3600},
            "payment_intent": intent["id"],
            "reason": "fraudulent",
            "status": status,
        }
        self.disputes[dispute["id"]] = dispute
        self._announce("charge.dispute.created", dispute)
        if not status.startswith("warning"):
            dispute["balance_transactions"].append({"amount": -dispute["amount"] - 1500})
            self._announce("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def dispute_close(self, dispute: Row, *, won: bool) -> None:
        """The bank has decided."""
        dispute["status"] = "won" if won else "lost"
        if won:
            dispute["balance_transactions"].append({"amount": dispute["amount"]})
            self._announce("charge.dispute.funds_reinstated", dispute)
        self._announce("charge.dispute.closed", dispute)
