"""Users come to be, sign up, and say who they are."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import consume_email_verification_rate_limit
from allauth.account.models import EmailAddress
from allauth.core import context
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language

from accounts.exceptions import EmailTaken, PasswordRefused
from accounts.models import User
from core.exceptions import translate_integrity_errors

from .memberships import membership_create


def user_create(
    *,
    email: str,
    password: str | None = None,
    full_name: str = "",
    phone: str = "",
    country: str = "",
    language: str = "",
    is_staff: bool = False,
    is_superuser: bool = False,
    is_verified: bool = False,
) -> User:
    """Create a user with a membership and their e-mail address, confirmed if ``is_verified``.

    Without a password nobody can log in until one is set by the mail for forgotten ones.
    Raises ``EmailTaken``.
    """
    email = email.strip().lower()
    with translate_integrity_errors(), transaction.atomic():
        if EmailAddress.objects.filter(email=email).exists():
            raise EmailTaken
        user = User.objects.create_user(
            email,
            password,
            full_name=full_name,
            phone=phone,
            country=country,
            language=language,
            is_staff=is_staff,
            is_superuser=is_superuser,
        )
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=is_verified)
        membership_create(user=user)
    return user


def user_sign_up(
    *, email: str, password: str, full_name: str = "", phone: str = "", country: str = "", language: str = ""
) -> User | None:
    """Sign somebody up and send the mail that confirms the address; for a program's request.

    Where the address is known, its owner gets a mail that says so, nothing else happens, it takes as long,
    and the result is None: callers must answer alike. Needs a request, for the links of mails.
    Raises ``PasswordRefused``.
    """
    try:
        validate_password(password, User(email=email, full_name=full_name))
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages), field="password") from error
    try:
        with transaction.atomic(durable=True):
            user = user_create(
                email=email,
                password=password,
                full_name=full_name,
                phone=phone,
                country=country,
                language=language or get_language() or "",
            )
            verification_mail_send(user=user, is_signup=True)
    except EmailTaken:
        make_password(password)  # the time that a new account would have cost
        if consume_email_verification_rate_limit(context.request, email):
            get_adapter().send_account_already_exists_mail(email)
        return None
    return user


def verification_mail_send(*, user: User, is_signup: bool = False) -> bool:
    """Send the mail that confirms the user's address; False when one was sent a moment ago."""
    address, _created = EmailAddress.objects.get_or_create(
        user=user, email=user.email.lower(), defaults={"primary": True}
    )
    if not consume_email_verification_rate_limit(context.request, address.email):
        return False
    address.send_confirmation(context.request, signup=is_signup)
    return True


def profile_update(
    *,
    user: User,
    full_name: str | None = None,
    phone: str | None = None,
    country: str | None = None,
    language: str | None = None,
) -> User:
    """Change what the user says about themselves; None leaves a value as it is. One query."""
    changes = {"full_name": full_name, "phone": phone, "country": country, "language": language}
    changed = [name for name, value in changes.items() if value is not None]
    for name in changed:
        setattr(user, name, changes[name])
    if changed:
        user.save(update_fields=changed)
    return user
