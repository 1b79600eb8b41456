from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import user_create
from accounts.signals import account_mail
from tests.authenticator import code_shown
from tests.factories.accounts import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SIGN_UP = {"email": "ada@example.com", "password": PASSWORD, "full_name": "Ada Lovelace"}


@pytest.fixture
def api() -> APIClient:
    cache.clear()
    return APIClient()


@pytest.fixture
def mails() -> Any:
    sent: list[tuple[str, str]] = []

    def remember(template: str, email: str, **_kwargs: Any) -> None:
        sent.append((template, email))

    account_mail.connect(remember)
    yield sent
    account_mail.disconnect(remember)


def account(**fields: Any) -> User:
    values = {
        "email": "ada@example.com",
        "password": PASSWORD,
        "full_name": "Ada Lovelace",
        "is_verified": True,
    }
    return user_create(**(values | fields))


def token_for(api: APIClient, user: User) -> str:
    answer = api.post("/api/v1/auth/token/", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["token"])


@pytest.mark.django_db(transaction=True)
def test_sign_up_makes_an_account_that_must_be_confirmed(api: APIClient, mails: Any) -> None:
    answer = api.post(
        "/api/v1/accounts/", SIGN_UP | {"phone": "+442079460018", "country": "gb", "language": "de"}
    )

    assert answer.status_code == 202, answer.json()
    user = User.objects.get()
    assert (user.email, user.full_name, user.country, user.language) == (
        "ada@example.com",
        "Ada Lovelace",
        "GB",
        "de",
    )
    assert user.membership.number
    assert not EmailAddress.objects.get(user=user).verified
    assert mails == [("account/email/email_confirmation_signup", "ada@example.com")]


@pytest.mark.django_db(transaction=True)
def test_sign_up_answers_alike_for_a_known_address(api: APIClient, mails: Any) -> None:
    fresh = api.post("/api/v1/accounts/", SIGN_UP)
    cache.clear()
    mails.clear()

    again = api.post("/api/v1/accounts/", SIGN_UP | {"email": "ADA@example.com", "full_name": "Eve"})

    assert (again.status_code, again.json()) == (fresh.status_code, fresh.json())
    assert User.objects.get().full_name == "Ada Lovelace"
    assert [template for template, _email in mails] == ["account/email/account_already_exists"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"password": "short"}, 422, "password"),
        ({"password": "ada@example.com"}, 422, "password"),
        ({"email": "nonsense"}, 400, "email"),
        ({"full_name": ""}, 400, "full_name"),
        ({"country": "ZZ"}, 400, "country"),
        ({"language": "tlh"}, 400, "language"),
        ({"phone": "12"}, 400, "phone"),
    ],
)
def test_sign_up_refuses_nonsense(
    api: APIClient, mails: Any, change: dict[str, str], status: int, field: str
) -> None:
    answer = api.post("/api/v1/accounts/", SIGN_UP | change)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not User.objects.exists()
    assert mails == []


def test_a_token_opens_the_account(api: APIClient) -> None:
    user = account()
    token = token_for(api, user)
    api.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    answer = api.get("/api/v1/accounts/me/")

    assert token.startswith("vac_")
    assert answer.status_code == 200
    assert answer.json()["email"] == "ada@example.com"
    assert answer.json()["membership"] == {
        "number": user.membership.number,
        "tier": {"code": "member", "name": "Member", "discount_percent": "0.00"},
    }


def test_an_account_without_membership_says_so(api: APIClient) -> None:
    api.force_authenticate(UserFactory.create())

    assert api.get("/api/v1/accounts/me/").json()["membership"] is None


@pytest.mark.parametrize("credentials", [{"password": "wrong"}, {"email": "eve@example.com"}])
def test_no_token_for_wrong_credentials(api: APIClient, credentials: dict[str, str]) -> None:
    account()

    answer = api.post("/api/v1/auth/token/", {"email": "ada@example.com", "password": PASSWORD} | credentials)

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_invalid")
    assert not AuthToken.objects.exists()


def test_no_token_for_inactive_users(api: APIClient) -> None:
    user = account()
    User.objects.filter(pk=user.pk).update(is_active=False)

    answer = api.post("/api/v1/auth/token/", {"email": user.email, "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_invalid")


def test_no_token_before_the_address_is_confirmed(api: APIClient, mails: Any) -> None:
    account(is_verified=False)

    answer = api.post("/api/v1/auth/token/", {"email": "ada@example.com", "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (403, "email_not_verified")
    assert not AuthToken.objects.exists()
    assert [template for template, _email in mails] == ["account/email/email_confirmation"]


def test_the_second_factor_is_asked_for(api: APIClient) -> None:
    user, secret = account(), generate_totp_secret()
    TOTP.activate(user, secret)
    request = {"email": user.email, "password": PASSWORD}

    missing = api.post("/api/v1/auth/token/", request)
    wrong = api.post("/api/v1/auth/token/", request | {"code": "000000"})
    code = code_shown(secret)
    right = api.post("/api/v1/auth/token/", request | {"code": code})
    again = api.post("/api/v1/auth/token/", request | {"code": code})

    assert (missing.status_code, missing.json()["code"]) == (401, "second_factor_required")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "second_factor_invalid")
    assert right.status_code == 201
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_invalid")
    assert AuthToken.objects.count() == 1


def test_a_recovery_code_works_once(api: APIClient) -> None:
    user = account()
    TOTP.activate(user, generate_totp_secret())
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    request = {"email": user.email, "password": PASSWORD, "code": code}

    assert api.post("/api/v1/auth/token/", request).status_code == 201
    assert api.post("/api/v1/auth/token/", request).status_code == 401
    assert Authenticator.objects.get(type="recovery_codes").last_used_at is not None


def test_staff_need_the_second_factor_where_it_is_required(api: APIClient, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    account(is_staff=True)

    answer = api.post("/api/v1/auth/token/", {"email": "ada@example.com", "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")


def test_guessing_passwords_is_stopped(api: APIClient) -> None:
    account()
    wrong = {"email": "ada@example.com", "password": "wrong"}

    answers = [api.post("/api/v1/auth/token/", wrong) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_without_a_cache_server_people_still_log_in(api: APIClient, settings: Any) -> None:
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"},
    }
    account()

    assert (
        api.post("/api/v1/auth/token/", {"email": "ada@example.com", "password": PASSWORD}).status_code == 201
    )


def test_tokens_are_listed_without_their_secret(api: APIClient) -> None:
    user = account()
    token = token_for(api, user)
    AuthToken.objects.create(user=UserFactory.create())
    AuthToken.objects.create(user=user, expiry=timedelta(seconds=-1))
    api.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    page = api.get("/api/v1/auth/tokens/").json()

    assert page["count"] == 1
    assert page["results"][0]["id"] == token[:15]
    assert page["results"][0]["is_current"] is True
    assert token not in str(page)


@pytest.mark.parametrize("tokens", [5, 50])
def test_tokens_are_listed_in_two_queries(
    api: APIClient, tokens: int, django_assert_num_queries: Any
) -> None:
    user = UserFactory.create()
    for _ in range(tokens):
        AuthToken.objects.create(user=user)
    api.force_authenticate(user)

    with django_assert_num_queries(2):
        assert api.get("/api/v1/auth/tokens/").json()["count"] == tokens


def test_a_token_is_revoked_by_its_owner_only(api: APIClient) -> None:
    user = account()
    token = token_for(api, user)
    foreign, _secret = AuthToken.objects.create(user=UserFactory.create())
    api.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    assert api.delete(f"/api/v1/auth/tokens/{foreign.token_key}/").status_code == 404
    assert AuthToken.objects.filter(pk=foreign.pk).exists()
    assert api.delete("/api/v1/auth/token/").status_code == 204
    assert api.get("/api/v1/accounts/me/").status_code == 401


def test_all_tokens_are_revoked_at_once(api: APIClient) -> None:
    user = account()
    first, second = token_for(api, user), token_for(api, user)
    api.credentials(HTTP_AUTHORIZATION=f"Token {first}")

    assert api.delete("/api/v1/auth/tokens/").status_code == 204

    assert not AuthToken.objects.exists()
    api.credentials(HTTP_AUTHORIZATION=f"Token {second}")
    assert api.get("/api/v1/accounts/me/").status_code == 401


def test_the_oldest_token_gives_way(api: APIClient) -> None:
    user = account()
    for days in range(25):
        token, _secret = AuthToken.objects.create(user=user)
        AuthToken.objects.filter(pk=token.pk).update(created=timezone.now() - timedelta(days=days + 1))

    token_for(api, user)

    assert AuthToken.objects.filter(user=user).count() == 20


def test_details_are_changed_and_nothing_else(api: APIClient) -> None:
    user = account()
    api.force_authenticate(user)

    changed = api.patch("/api/v1/accounts/me/", {"full_name": "Ada King", "language": "fr"})
    refused = api.patch("/api/v1/accounts/me/", {"email": "eve@example.com", "is_staff": True})
    empty = api.patch("/api/v1/accounts/me/", {"full_name": ""})

    assert (changed.status_code, changed.json()["full_name"]) == (200, "Ada King")
    assert (refused.status_code, empty.status_code) == (400, 400)
    user.refresh_from_db()
    assert (user.full_name, user.language, user.email, user.is_staff) == (
        "Ada King",
        "fr",
        "ada@example.com",
        False,
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "accounts/me/"),
        ("patch", "accounts/me/"),
        ("get", "auth/tokens/"),
        ("delete", "auth/tokens/"),
        ("delete", "auth/token/"),
        ("delete", "auth/tokens/abc/"),
    ],
)
def test_strangers_are_turned_away(api: APIClient, method: str, path: str) -> None:
    answer = getattr(api, method)(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    ("method", "path"), [("get", "accounts/"), ("get", "auth/token/"), ("put", "accounts/me/")]
)
def test_wrong_methods_are_problems(api: APIClient, method: str, path: str) -> None:
    api.force_authenticate(StaffFactory.create())

    answer = getattr(api, method)(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
