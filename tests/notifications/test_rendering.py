from __future__ import annotations

import re
from html import unescape

import pytest

from notifications.composing import message_headers
from notifications.letters import LETTERS
from notifications.models import Notification
from notifications.rendering import notification_render
from notifications.types import MESSAGE_TYPES, SECURITY_NOTICE, WELCOME
from tests.factories.notifications import booking_context, confirmed_context

CANCELLED = {
    "total": "427.50",
    "fee": "150.00",
    "refund": "277.50",
    "cancelled_at": "2026-05-27T08:15:00+00:00",
}
RECEIPT = {
    "amount": "150.00",
    "method": "card",
    "paid_at": "2026-05-01T08:15:00+00:00",
    "total": "427.50",
    "paid": "150.00",
    "due": "277.50",
}
FAILED = {
    "amount": "150.00",
    "failure_code": "card_declined",
    "retry_url": "https://vacancy.example/booking/VQ7KM2XD/pay/?token=secret",
    "hold_expires_at": "2026-05-01T08:30:00+00:00",
}
REFUNDED = {"amount": "150.00", "reason": "rooms_gone", "refunded_at": "2026-05-01T08:30:00+00:00"}


def mail(type_key: str, context: dict, language: str = "en", **fields):
    return notification_render(
        Notification(
            type=type_key,
            context=context,
            language=language,
            recipient="ana@example.com",
            dedup_key="mail-1",
            **fields,
        )
    )


def words(html: str) -> str:
    """The visible text of a page, in one line."""
    body = re.sub(r"<style>.*?</style>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_confirmation_says_everything():
    rendered = mail("booking_confirmed", confirmed_context())

    assert rendered.subject == "Your booking VQ7KM2XD at Casa do Cais, Fri, 29 May 2026"
    for text in (rendered.text, words(rendered.html)):
        for part in (
            "Ana <b>Souza</b> & Co",
            "VQ7KM2XD",
            "Fri, 29 May 2026, from 15:00",
            "Mon, 1 Jun 2026, until 11:00",
            "River view double",
            "Flexible, Breakfast included",
            "2 adults, 1 child (age 4)",
            "18:30",
            "A cot, please",
            "Sat, 30 May 2026: River view double, Flexible",
            "€165.00",
            "Member discount 5 %",
            "-€22.50",
            "VAT 6 % (included)",
            "€427.50",
            "€150.00",
            "€277.50",
            "You can cancel free of charge until Tue, 26 May 2026, 15:00.",
            "Cancelled before Tue, 26 May 2026, 15:00: free of charge",
            "Cancelled after that: €427.50",
            "If you do not come: €427.50",
            "https://vacancy.example/booking/VQ7KM2XD/?token=secret",
            "Rua da Prata 12, 1100-420 Lisbon, Portugal",
            "+351 21 000 0000",
            "stay@casa.example",
            "This message was sent to ana@example.com",
        ):
            assert part in text, part


def test_what_a_guest_writes_is_never_markup():
    rendered = mail("booking_confirmed", confirmed_context())

    assert "Ana &lt;b&gt;Souza&lt;/b&gt; &amp; Co" in rendered.html
    assert "<b>Souza" not in rendered.html
    assert "&amp;" not in rendered.text


def test_a_subject_is_one_line_whatever_its_names_bring_along():
    context = confirmed_context()
    context["property"]["name"] = "Casa\r\nBcc: everybody@example.com"

    rendered = mail("booking_confirmed", context)

    assert rendered.subject == "Your booking VQ7KM2XD at Casa Bcc: everybody@example.com, Fri, 29 May 2026"


def test_a_confirmation_speaks_the_guests_language():
    rendered = mail("booking_confirmed", confirmed_context(), language="de")

    assert "Fr., 29. Mai 2026" in rendered.text
    assert "427,50\xa0€" in rendered.text
    assert '<html lang="de"' in rendered.html


def test_a_rate_that_is_never_free_says_so():
    context = confirmed_context(free_until=None, cancellation=[{"until": None, "fee": "427.50"}])

    rendered = mail("booking_confirmed", context)

    assert "This booking cannot be cancelled free of charge." in rendered.text
    assert "Cancelled at any time: €427.50" in rendered.text
    assert "Cancelled after that" not in rendered.text


def test_a_cancellation_names_fee_and_refund():
    rendered = mail("booking_cancelled", booking_context(**CANCELLED))

    assert rendered.subject == "Your booking VQ7KM2XD at Casa do Cais is cancelled"
    assert "was cancelled on Wed, 27 May 2026, 09:15." in rendered.text
    assert "The cancellation fee is €150.00. We send €277.50 back the way you paid." in rendered.text
    assert "Back to you €277.50" in words(rendered.html)


def test_a_free_cancellation_of_an_unpaid_stay_promises_no_money():
    rendered = mail("booking_cancelled", booking_context(**CANCELLED | {"fee": "0.00", "refund": "0.00"}))

    assert "Cancelling cost you nothing." in rendered.text
    assert "back the way you paid" not in rendered.text


@pytest.mark.parametrize(
    ("method", "word"), [("card", "card"), ("cash", "cash"), ("transfer", "bank transfer")]
)
def test_a_receipt_names_amount_and_method(method, word):
    rendered = mail("payment_receipt", booking_context(**RECEIPT | {"method": method}))

    assert rendered.subject == "Payment of €150.00 received, Casa do Cais, booking VQ7KM2XD"
    assert f"Amount: €150.00 ({word})" in rendered.text
    assert "Received: Fri, 1 May 2026, 09:15" in rendered.text
    assert "Left to pay: €277.50" in rendered.text
    assert f"Amount ( {word} ) €150.00".replace(" )", ")").replace("( ", "(") in words(rendered.html)


def test_a_failed_payment_says_until_when_to_try_again():
    rendered = mail("payment_failed", booking_context(**FAILED))

    assert "Your bank has declined the payment of €150.00. Nothing was charged." in rendered.text
    assert "We keep your rooms until Fri, 1 May 2026, 09:30." in rendered.text
    assert FAILED["retry_url"] in rendered.text
    assert FAILED["retry_url"] in rendered.html


def test_a_failed_payment_without_a_hold_offers_no_second_try():
    rendered = mail("payment_failed", booking_context(**FAILED | {"hold_expires_at": None}))

    assert "Your rooms are no longer kept." in rendered.text
    assert FAILED["retry_url"] not in rendered.text
    assert FAILED["retry_url"] not in rendered.html


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("rooms_gone", "after we could no longer keep your rooms"),
        ("overpaid", "You have paid more than your stay costs."),
    ],
)
def test_money_that_goes_back_says_why(reason, sentence):
    rendered = mail("payment_refunded", booking_context(**REFUNDED | {"reason": reason}))

    assert sentence in rendered.text
    assert "We send €150.00 back" in rendered.text


ACCOUNT = {
    "email": "ana@example.com",
    "name": "Ana",
    "activate_url": "https://vacancy.example/account/confirm/KEY/",
    "password_reset_url": "https://vacancy.example/account/reset/KEY/",
    "signup_url": "https://vacancy.example/account/signup/",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "gone@example.com",
    "ip": "192.0.2.7",
    "user_agent": "Browser/1.0",
    "timestamp": "2026-05-01T08:15:00+00:00",
    "event": "login_new_device",
    "at": "2026-05-01T08:15:00+00:00",
}


@pytest.mark.parametrize(
    ("type_key", "parts"),
    [
        ("account_email_confirmation", ["ana@example.com", ACCOUNT["activate_url"]]),
        ("account_email_confirmation_signup", ["Welcome to Vacancy.", ACCOUNT["activate_url"]]),
        ("account_account_already_exists", ["ana@example.com", ACCOUNT["password_reset_url"]]),
        ("account_unknown_account", ["ana@example.com", ACCOUNT["signup_url"]]),
        ("account_password_reset_key", [ACCOUNT["password_reset_url"]]),
        ("account_password_changed", ["was changed", "192.0.2.7, Browser/1.0", "Fri, 1 May 2026, 08:15 UTC"]),
        ("account_email_changed", ["from old@example.com to new@example.com"]),
        ("account_email_deleted", ["gone@example.com was removed"]),
        ("account_notice", ["Something about your account"]),
    ],
)
def test_account_mails_say_what_is_to_be_done(type_key, parts):
    rendered = mail(type_key, ACCOUNT)

    for part in parts:
        assert part in rendered.text
        assert part in words(rendered.html)


@pytest.mark.parametrize(
    "type_key", ["account_login_code", "account_password_reset_code", "account_email_confirmation"]
)
def test_a_code_is_shown_instead_of_a_link(type_key):
    rendered = mail(type_key, {"email": "ana@example.com", "code": "K7-XM3P"})

    assert "\nK7-XM3P\n" in rendered.text
    assert re.search(r'<span class="code" style="[^"]+">K7-XM3P</span>', rendered.html)


def test_every_account_message_has_words():
    assert {key for key in MESSAGE_TYPES if key.startswith("account_")} | {WELCOME, SECURITY_NOTICE} == set(
        LETTERS
    )


@pytest.mark.parametrize("type_key", sorted(LETTERS))
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt"])
def test_every_account_message_renders_in_every_language(type_key, language):
    rendered = mail(type_key, ACCOUNT, language=language)

    assert rendered.subject
    assert "%(" not in rendered.text + rendered.html
    assert rendered.text.endswith("\n")


def test_the_id_of_a_message_follows_from_what_it_tells_of():
    def headers(dedup_key: str) -> dict[str, str]:
        return message_headers(
            Notification(
                type="booking_confirmed",
                context=confirmed_context(),
                recipient="ana@example.com",
                dedup_key=dedup_key,
            )
        )

    assert headers("a") == headers("a")
    assert headers("a")["Message-ID"] != headers("b")["Message-ID"]
    assert headers("a")["Reply-To"] == "stay@casa.example"


def test_text_has_no_runs_of_empty_lines():
    rendered = mail("booking_confirmed", confirmed_context())

    assert "\n\n\n" not in rendered.text
    assert not any(line != line.rstrip() for line in rendered.text.splitlines())
