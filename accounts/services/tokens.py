"""API tokens: given for a password (and second factor), listed and taken back by their owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from knox.models import AuthToken
from knox.settings import knox_settings

from accounts.exceptions import (
    CredentialsInvalid,
    EmailNotVerified,
    SecondFactorInvalid,
    SecondFactorMissing,
    SecondFactorRequired,
    TooManyAttempts,
)
from accounts.models import User
from accounts.selectors import email_is_verified, second_factor_is_set
from core.exceptions import NotFound

from .people import verification_mail_send


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. ``token`` is told once and never again: only its hash is stored."""

    token: str
    expires_at: datetime | None
    user: User


def token_issue(*, email: str, password: str, code: str = "") -> IssuedToken:
    """Give an API token for the right password, and for the right code where the user has a second factor.

    Wrong passwords and codes are counted per address and per account. Of a user's tokens the oldest give way
    beyond ``REST_KNOX["TOKEN_LIMIT_PER_USER"]``. Raises ``CredentialsInvalid``, ``EmailNotVerified``,
    ``SecondFactorRequired``, ``SecondFactorInvalid``, ``SecondFactorMissing``, ``TooManyAttempts``.
    """
    user = _user_authenticate(email=email, password=password)
    if not email_is_verified(user):
        verification_mail_send(user=user)
        raise EmailNotVerified
    if second_factor_is_set(user):
        _second_factor_check(user=user, code=code)
    elif user.is_staff and settings.STAFF_SECOND_FACTOR_REQUIRED:
        raise SecondFactorMissing
    with transaction.atomic():
        _tokens_prune(user=user)
        instance, token = AuthToken.objects.create(user=user)
    return IssuedToken(token=token, expires_at=instance.expiry, user=user)


def token_revoke(*, user: User, token_id: str) -> None:
    """Make one of the user's tokens worthless. Raises ``NotFound`` for anybody else's."""
    deleted, _by_model = AuthToken.objects.filter(user=user, token_key=token_id).delete()
    if not deleted:
        raise NotFound


def tokens_revoke_all(*, user: User) -> int:
    """Make all of the user's tokens worthless; how many there were."""
    deleted, _by_model = AuthToken.objects.filter(user=user).delete()
    return deleted


def tokens_prune(*, at: datetime | None = None) -> int:
    """Delete API tokens that have expired; how many. One query, safe to run twice at the same time."""
    deleted, _by_model = AuthToken.objects.filter(expiry__lte=at or timezone.now()).delete()
    return deleted


def _user_authenticate(*, email: str, password: str) -> User:
    adapter = get_adapter()
    try:
        user = adapter.authenticate(context.request, email=email.strip().lower(), password=password)
    except ValidationError as error:
        raise TooManyAttempts from error
    if not isinstance(user, User) or not user.is_active:
        raise CredentialsInvalid
    return user


def _second_factor_check(*, user: User, code: str) -> None:
    if not code:
        raise SecondFactorRequired
    form = AuthenticateForm(user=user, data={"code": code})
    if form.is_valid():
        form.authenticator.record_usage()
        return
    if form.has_error("code", "too_many_login_attempts"):
        raise TooManyAttempts
    raise SecondFactorInvalid


def _tokens_prune(*, user: User) -> None:
    """Remove expired tokens, and the oldest where a new one would exceed the limit. Locks the user's row."""
    User.objects.select_for_update().get(pk=user.pk)
    AuthToken.objects.filter(Q(user=user) & Q(expiry__lte=timezone.now())).delete()
    limit = knox_settings.TOKEN_LIMIT_PER_USER
    if limit is not None:
        keep = AuthToken.objects.filter(user=user).order_by("-created").values("pk")[: limit - 1]
        AuthToken.objects.filter(user=user).exclude(pk__in=keep).delete()
