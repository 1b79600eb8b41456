"""Stripe's own payment page and the bank's, as plain HTML that works without JavaScript."""

from __future__ import annotations

from html import escape

from .account import Account, ApiError, Row

PAGE = """<!doctype html>
<html lang="en"><head><title>{title}</title><link rel="icon" href="data:,"></head>
<body><main><h1>{title}</h1>{text}</main></body></html>"""

CARDS = {
    "pm_card_visa": "A card that pays",
    "pm_card_visa_chargeDeclined": "A card that is declined",
    "pm_card_threeDSecureRequired": "A card with 3-D Secure",
}


def answer(account: Account, method: str, path: str, form: Row) -> tuple[int, str]:
    """Show a page (200, 404) or say where to go on (303)."""
    parts = path.strip("/").split("/")
    if parts[0] == "pay":
        return _pay(account, account.sessions.get(parts[1]), method, form)
    if parts[0] == "bank":
        return _bank(account, account.sessions.get(parts[1]), method, form)
    return 404, PAGE.format(title="Not found", text="")


def _pay(account: Account, session: Row | None, method: str, form: Row) -> tuple[int, str]:
    if session is None or session["status"] != "open":
        return 404, PAGE.format(title="This page has expired", text="")
    error = ""
    if method == "POST":
        try:
            intent = account.session_pay(session, form["card"])
        except ApiError:
            error = "<p role=alert>Your card was declined.</p>"
        else:
            is_waiting = intent["status"] == "requires_action"
            return 303, f"{account.base_url}/bank/{session['id']}" if is_waiting else session["success_url"]
    options = "".join(f'<option value="{value}">{label}</option>' for value, label in CARDS.items())
    amount = f"{session['amount_total'] / 100:.2f} {session['currency'].upper()}"
    text = (
        f"{error}<p>{escape(session['_name'])}: {amount}</p>"
        f'<form method="post"><label>Card <select name="card">{options}</select></label>'
        f'<button>Pay</button></form><a href="{escape(session["cancel_url"])}">Back</a>'
    )
    return 200, PAGE.format(title="Pay with the fake", text=text)


def _bank(account: Account, session: Row | None, method: str, form: Row) -> tuple[int, str]:
    if session is None:
        return 404, PAGE.format(title="Not found", text="")
    if method == "POST":
        intent = account.intents[session["payment_intent"]]
        account.intent_authenticate(intent, approved=form["answer"] == "approve")
        is_paid = form["answer"] == "approve"
        return 303, session["success_url"] if is_paid else f"{account.base_url}/pay/{session['id']}"
    text = (
        '<form method="post"><button name="answer" value="approve">Approve</button>'
        '<button name="answer" value="refuse">Refuse</button></form>'
    )
    return 200, PAGE.format(title="3-D Secure", text=text)
