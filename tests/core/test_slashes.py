"""An address without its final slash leads on, and nothing that was sent is lost on the way."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("is_developing", [True, False])
def test_what_writes_is_led_on_with_its_method(settings, method, is_developing):
    settings.DEBUG = is_developing

    answer = getattr(Client(), method)("/api/v1/accounts/me?fields=all", {}, content_type="application/json")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/accounts/me/?fields=all")


def test_a_body_arrives():
    wrong = {"email": "ada@example.com", "password": "wrong"}

    straight = Client().post("/api/v1/auth/token/", wrong, content_type="application/json")
    around = Client().post("/api/v1/auth/token", wrong, content_type="application/json", follow=True)

    assert around.redirect_chain[0][1] == 308
    assert (around.status_code, around.json()["code"]) == (straight.status_code, straight.json()["code"])


def test_what_reads_is_led_on_as_ever():
    answer = Client().get("/api/v1/properties?city=Lisbon")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/properties/?city=Lisbon")


def test_what_is_nowhere_stays_not_found():
    assert Client().post("/api/v1/nowhere").status_code == 404
