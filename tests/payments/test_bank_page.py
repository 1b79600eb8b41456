from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import Payment, SandboxIntent, WebhookEvent
from payments.selectors import folio_paid
from tests.factories.payments import folio_charged, pay

pytestmark = pytest.mark.django_db


def waiting(**fields) -> Payment:
    return pay(folio_charged("100.00"), "100.00", card="confirm", **fields)


def test_the_page_says_what_is_to_be_paid(client):
    payment = waiting()

    response = client.get(payment.redirect_url)

    assert response.status_code == 200
    content = response.content.decode()
    assert "€100.00" in content
    assert payment.provider_reference in content
    assert "Approve" in content
    assert "no-store" in response["Cache-Control"]


def test_approving_pays_and_leads_back(client, announced):
    payment = waiting(return_url="http://testserver/booking/ABC/")

    response = client.post(payment.redirect_url, {"answer": "approve"})

    assert (response.status_code, response["Location"]) == (302, "http://testserver/booking/ABC/")
    payment.refresh_from_db()
    assert payment.status == "captured"
    assert folio_paid(folio_id=payment.folio_id) == payment.amount
    assert WebhookEvent.objects.get().type == "intent.succeeded"
    assert SandboxIntent.objects.get().event_due_at is None
    assert announced() == [("captured", payment.pk)]


@pytest.mark.parametrize("answer", ["refuse", "", "anything"])
def test_everything_but_approval_refuses(client, announced, answer):
    payment = waiting()

    client.post(payment.redirect_url, {"answer": answer})

    payment.refresh_from_db()
    assert (payment.status, payment.failure_code) == ("failed", "card_declined")
    assert folio_paid(folio_id=payment.folio_id) == 0
    assert announced() == [("failed", payment.pk)]


def test_the_first_answer_stands(client):
    payment = waiting()
    bank_page = payment.redirect_url

    client.post(bank_page, {"answer": "approve"})
    client.post(bank_page, {"answer": "refuse"})

    payment.refresh_from_db()
    assert payment.status == "captured"
    assert b"Nothing left to confirm" in client.get(bank_page).content


@pytest.mark.parametrize(
    "return_url",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:///evil.example", ""],
)
def test_the_bank_leads_nowhere_but_to_this_site(client, return_url):
    payment = waiting(return_url=return_url)

    response = client.post(payment.redirect_url, {"answer": "approve"})

    assert response["Location"] == reverse("inventory:home")


def test_an_answer_needs_a_csrf_token():
    payment = waiting()

    response = Client(enforce_csrf_checks=True).post(payment.redirect_url, {"answer": "approve"})

    assert response.status_code == 403
    payment.refresh_from_db()
    assert payment.status == "requires_action"


def test_an_unknown_reference_is_not_found(client):
    assert client.get("/dev/bank/sb_nothing/").status_code == 404
    assert client.post("/dev/bank/sb_nothing/", {"answer": "approve"}).status_code == 404


def test_without_demo_pages_there_is_no_bank(client, settings):
    payment = waiting()
    settings.DEMO_PAGES = False

    assert client.get(payment.redirect_url).status_code == 404
    assert client.post(payment.redirect_url, {"answer": "approve"}).status_code == 404
    payment.refresh_from_db()
    assert payment.status == "requires_action"


def test_the_bank_gives_up_after_a_quarter_of_an_hour(client):
    payment = waiting()
    intent = SandboxIntent.objects.get()
    SandboxIntent.objects.update(created_at=intent.created_at - timedelta(days=365))

    client.post(payment.redirect_url, {"answer": "approve"})

    assert SandboxIntent.objects.get().state == "cancelled"
    assert folio_paid(folio_id=payment.folio_id) == 0
