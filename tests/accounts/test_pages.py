from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from accounts.models import Membership, User
from accounts.services import user_create
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SIGN_UP = {"full_name": "Ada Lovelace", "email": "ada@example.com", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def account(**fields: Any) -> User:
    values = {"email": "ada@example.com", "password": PASSWORD, "full_name": "Ada", "is_verified": True}
    return user_create(**(values | fields))


def test_signing_up_makes_a_member_to_be_confirmed(client: Client) -> None:
    answer = client.post(reverse("account_signup"), SIGN_UP, headers={"Accept-Language": "de"})

    assert answer.url == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert (user.full_name, user.email, user.language) == ("Ada Lovelace", "ada@example.com", "de")
    assert Membership.objects.filter(user=user).exists()
    assert not EmailAddress.objects.get(user=user).verified
    assert "_auth_user_id" not in client.session


def test_signing_up_twice_answers_alike(client: Client) -> None:
    first = client.post(reverse("account_signup"), SIGN_UP)
    second = Client().post(reverse("account_signup"), SIGN_UP | {"full_name": "Eve"})

    assert (second.status_code, second.url) == (first.status_code, first.url)
    assert User.objects.get().full_name == "Ada Lovelace"


@pytest.mark.parametrize("change", [{"full_name": ""}, {"email": "x"}, {"password1": "short"}])
def test_signing_up_needs_everything(client: Client, change: dict[str, str]) -> None:
    answer = client.post(reverse("account_signup"), SIGN_UP | change)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == list(change)
    assert not User.objects.exists()


def test_logging_in_speaks_the_users_language(client: Client, settings: Any) -> None:
    account(language="fr")

    answer = client.post(reverse("account_login"), {"login": "Ada@example.com", "password": PASSWORD})

    assert answer.status_code == 302
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"


def test_guessing_passwords_is_stopped(client: Client) -> None:
    account()
    for _ in range(5):
        client.post(reverse("account_login"), {"login": "ada@example.com", "password": "wrong"})

    client.post(reverse("account_login"), {"login": "ada@example.com", "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_without_a_cache_server_people_log_in(client: Client, settings: Any) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    user = account()

    client.post(reverse("account_login"), {"login": "ada@example.com", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_profile_is_ones_own(client: Client) -> None:
    answer = client.get(reverse("accounts:profile"))

    assert answer.url == f"{reverse('account_login')}?next={reverse('accounts:profile')}"


def test_the_profile_shows_the_membership(client: Client) -> None:
    user = account()
    client.force_login(user)

    answer = client.get(reverse("accounts:profile"))

    assert answer.status_code == 200
    assert user.membership.number in answer.content.decode()


def test_the_profile_is_saved_and_spoken(client: Client, settings: Any) -> None:
    user = account()
    client.force_login(user)

    answer = client.post(
        reverse("accounts:profile"),
        {"full_name": "Ada King", "phone": "+442079460018", "country": "GB", "language": "de"},
    )

    assert answer.url == reverse("accounts:profile")
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"
    user.refresh_from_db()
    assert (user.full_name, user.country, user.language) == ("Ada King", "GB", "de")


@pytest.mark.parametrize(
    "change", [{"full_name": ""}, {"phone": "12"}, {"country": "ZZ"}, {"language": "tlh"}]
)
def test_the_profile_refuses_nonsense(client: Client, change: dict[str, str]) -> None:
    user = account(country="GB")
    client.force_login(user)

    answer = client.post(
        reverse("accounts:profile"),
        {"full_name": "Eve", "phone": "", "country": "FR", "language": "de"} | change,
    )

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == list(change)
    user.refresh_from_db()
    assert (user.full_name, user.country) == ("Ada", "GB")


def test_a_new_password_ends_the_tokens(client: Client) -> None:
    user = account()
    AuthToken.objects.create(user=user)
    AuthToken.objects.create(user=UserFactory.create())
    client.force_login(user)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another long horse", "password2": "another long horse"},
    )

    user.refresh_from_db()
    assert user.check_password("another long horse")
    assert not AuthToken.objects.filter(user=user).exists()
    assert AuthToken.objects.count() == 1
