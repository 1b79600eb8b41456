"""What can be refused about accounts, tokens and staff."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, DomainError, PermissionDenied, ValidationFailed, register_constraint


class EmailTaken(Conflict):
    """Another user has this e-mail address. Never shown to people who are not staff."""

    code = "email_taken"
    message = _("A user with this e-mail address already exists.")


class CredentialsInvalid(DomainError):
    """E-mail address and password do not belong to an active user."""

    code = "credentials_invalid"
    http_status = 401
    message = _("The e-mail address or the password is not right.")


class EmailNotVerified(PermissionDenied):
    """The right password, but the address was never confirmed; the mail for it was sent again."""

    code = "email_not_verified"
    message = _("Please confirm your e-mail address first: we have sent you a link.")


class SecondFactorRequired(DomainError):
    """The account has a second factor and the request no code."""

    code = "second_factor_required"
    http_status = 401
    message = _("Please send the code of your authenticator app, too.")


class SecondFactorInvalid(DomainError):
    """The code is wrong, too old, or was used before."""

    code = "second_factor_invalid"
    http_status = 401
    message = _("This code is not right.")


class SecondFactorMissing(PermissionDenied):
    """Staff who must have a second factor and have none yet."""

    code = "second_factor_missing"
    message = _("Staff need a second factor. Please set one up on the web site first.")


class TooManyAttempts(DomainError):
    """Too many wrong passwords or codes."""

    code = "too_many_attempts"
    http_status = 429
    message = _("Too many attempts. Please try again in a few minutes.")
    retry_after = 300


class PasswordRefused(ValidationFailed):
    """The password is too weak; the message says why."""

    code = "password_refused"


class OwnRoleChange(PermissionDenied):
    """Managers may not change what they may do themselves."""

    code = "own_role"
    message = _("You cannot change your own roles. Please ask another manager.")


class RoleTaken(Conflict):
    """The person already has this role at this property."""

    code = "role_taken"
    message = _("This person already has this role at this property.")


for _name in ("user_email_unique_ci", "accounts_user_email_key"):
    register_constraint(_name, EmailTaken)
register_constraint("property_staff_role_once", RoleTaken)
