"""Money in the administration: recorded and given back by forms, and otherwise only read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from accounts.models import StaffRole
from payments.admin.forms import form_key
from payments.models import Folio, FolioEntry, Payment, Refund
from payments.selectors import folio_balance
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.inventory import Hotel
from tests.factories.payments import folio_charged, pay

pytestmark = pytest.mark.django_db(transaction=True)


def record(folio: Folio) -> str:
    return reverse("admin:payments_folio_record", args=[folio.pk])


def refund(payment: Payment) -> str:
    return reverse("admin:payments_payment_refund", args=[payment.pk])


def refund_values(**changes: Any) -> dict[str, Any]:
    return {"key": form_key(), "amount": "30.00", "reason": "Noise", **changes}


@pytest.mark.parametrize("role", [role for role in StaffRole if role != StaffRole.HOUSEKEEPING])
def test_money_is_taken_at_the_desk(house: Hotel, role: str) -> None:
    folio = folio_charged("100.00", property=house.property)
    client = staff_of(house, role)
    shown = client.get(record(folio))
    key = shown.context["form"]["key"].value()

    first = client.post(record(folio), {"key": key, "amount": "60.00", "method": "cash"})
    again = client.post(record(folio), {"key": key, "amount": "60.00", "method": "cash"})

    assert shown.context["form"]["amount"].value() == Decimal("100.00")
    assert first.status_code == again.status_code == 302
    payment = Payment.objects.get()
    assert (payment.amount, payment.method, payment.status) == (60, "cash", "captured")
    assert folio_balance(folio_id=folio.pk) == 40


@pytest.mark.parametrize(
    "change", [{"amount": "0"}, {"amount": "-5"}, {"amount": "1.234"}, {"method": "shells"}, {"key": "x"}]
)
def test_impossible_payments_are_refused(house: Hotel, change: dict[str, str]) -> None:
    folio = folio_charged("100.00", property=house.property)
    values = {"key": form_key(), "amount": "60.00", "method": "cash"}

    answer = staff_of(house).post(record(folio), values | change)

    assert answer.status_code == 422
    assert not Payment.objects.exists()


def test_part_of_a_payment_is_given_back(house: Hotel) -> None:
    payment = pay(folio_charged("100.00", property=house.property), "100.00")

    answer = staff_of(house, StaffRole.FINANCE).post(refund(payment), refund_values())

    assert answer.status_code == 302
    given = Refund.objects.get()
    assert (given.amount, given.status, given.reason) == (30, "succeeded", "Noise")
    assert given.created_by is not None
    assert folio_balance(folio_id=payment.folio_id) == 30


@pytest.mark.parametrize("amount", ["100.01", "0", "-1", "1.001", "much"])
def test_never_more_than_was_paid(house: Hotel, amount: str) -> None:
    payment = pay(folio_charged("100.00", property=house.property), "100.00")

    answer = staff_of(house).post(refund(payment), refund_values(amount=amount))

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Refund.objects.exists()


def test_the_front_desk_gives_nothing_back(house: Hotel) -> None:
    payment = pay(folio_charged("100.00", property=house.property), "100.00")
    client = staff_of(house, StaffRole.FRONT_DESK)
    page = client.get(reverse("admin:payments_payment_change", args=[payment.pk]))

    assert not page.context["may_refund"]
    assert client.post(refund(payment), refund_values()).status_code == 403
    assert not Refund.objects.exists()


@pytest.mark.parametrize("action", ["change", "delete"])
def test_ledger_rows_are_only_read_even_by_superusers(house: Hotel, root: Client, action: str) -> None:
    payment = pay(folio_charged("100.00", property=house.property), "100.00")
    staff_of(house).post(refund(payment), refund_values())
    rows = [payment.folio, payment, Refund.objects.get()]
    before = [model.objects.order_by("pk").values_list() for model in (Folio, FolioEntry, Payment, Refund)]
    before = [list(values) for values in before]

    for row in rows:
        url = reverse(f"admin:payments_{row._meta.model_name}_{action}", args=[row.pk])
        assert root.post(url, {"post": "yes", "amount": "1", "status": "failed"}).status_code == 403
        add = reverse(f"admin:payments_{row._meta.model_name}_add")
        assert root.post(add, {"amount": "1"}).status_code == 403

    after = [
        list(model.objects.order_by("pk").values_list()) for model in (Folio, FolioEntry, Payment, Refund)
    ]
    assert after == before


def test_staff_set_up_their_second_factor_first(house: Hotel, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    staff = StaffFactory.create(property=house.property)
    client = logged_in(staff)

    before = client.get("/admin/", follow=True)
    TOTP.activate(staff, generate_totp_secret())
    after = client.get("/admin/")

    assert before.redirect_chain[-1][0].startswith("/account/2fa/")
    assert after.status_code == 200


def test_superusers_help_who_lost_their_second_factor(root: Client) -> None:
    user = UserFactory.create()
    authenticator = TOTP.activate(user, generate_totp_secret()).instance
    url = reverse("admin:accounts_user_change", args=[user.pk])

    page = root.get(url)
    answer = root.post(
        url,
        {
            "email": user.email,
            "full_name": user.full_name,
            "is_active": "on",
            **{
                f"{prefix}-{name}": 0
                for prefix in ("emailaddress_set", "staff_roles", "membership", "authenticator_set")
                for name in ("TOTAL_FORMS", "INITIAL_FORMS")
            },
            "authenticator_set-TOTAL_FORMS": 1,
            "authenticator_set-INITIAL_FORMS": 1,
            "authenticator_set-0-id": authenticator.pk,
            "authenticator_set-0-user": user.pk,
            "authenticator_set-0-DELETE": "on",
        },
    )

    assert authenticator.data["secret"] not in page.content.decode()
    assert user.password not in page.content.decode()
    assert answer.status_code == 302, answer.context["errors"]
    assert not Authenticator.objects.exists()


def test_a_password_set_by_a_superuser_ends_the_tokens() -> None:
    user = UserFactory.create()
    AuthToken.objects.create(user=user)
    root = logged_in(SuperuserFactory.create())

    answer = root.post(
        reverse("admin:auth_user_password_change", args=[user.pk]),
        {"usable_password": "true", "password1": "another long horse", "password2": "another long horse"},
    )

    assert answer.status_code == 302
    assert not AuthToken.objects.exists()
    user.refresh_from_db()
    assert user.check_password("another long horse")
