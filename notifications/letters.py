"""The words of the messages about an account: all have one form, a few sentences and at most one thing to do.

Sentences may name ``%(site)s`` and the keys of `types.AccountContext`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .types import ACCOUNT_NOTICE, SECURITY_NOTICE, WELCOME

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Letter:
    """``action`` is the label of the link in ``action_key`` of the context. ``closing`` stands below it."""

    subject: Text
    sentences: tuple[Text, ...]
    action: Text = ""
    action_key: str = ""
    closing: Text = ""


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter with its names filled in, in one language."""

    subject: str
    sentences: tuple[str, ...]
    action: str
    action_url: str
    closing: str


IGNORE_IF_NOT_YOU = _("If this was not you, you need do nothing.")
ALARM_IF_NOT_YOU = _(
    "If this was not you, change your password at once and look at who is logged in to your account."
)

CONFIRM_ADDRESS = Letter(
    subject=_("Confirm your e-mail address"),
    sentences=(_("Please confirm that %(email)s is your address at %(site)s."),),
    action=_("Confirm this address"),
    action_key="activate_url",
    closing=IGNORE_IF_NOT_YOU,
)


def _notice(subject: Text, sentence: Text) -> Letter:
    """Make a letter about something that has happened already."""
    return Letter(subject=subject, sentences=(sentence,), closing=ALARM_IF_NOT_YOU)


LETTERS: dict[str, Letter] = {
    "account_email_confirmation": CONFIRM_ADDRESS,
    "account_email_confirmation_signup": Letter(
        subject=_("Confirm your new account"),
        sentences=(
            _("Welcome to %(site)s. One step is left: confirm that this address is yours."),
            _("After that you can log in, see your bookings in one place, and book at members' prices."),
        ),
        action=_("Confirm this address"),
        action_key="activate_url",
        closing=IGNORE_IF_NOT_YOU,
    ),
    "account_account_already_exists": Letter(
        subject=_("You have an account already"),
        sentences=(
            _("Somebody, probably you, has signed up at %(site)s with %(email)s."),
            _("This address has an account already. If you no longer know its password, choose a new one."),
        ),
        action=_("Choose a new password"),
        action_key="password_reset_url",
        closing=IGNORE_IF_NOT_YOU,
    ),
    "account_unknown_account": Letter(
        subject=_("There is no account with this address"),
        sentences=(
            _("Somebody, probably you, wanted to get into an account at %(site)s with %(email)s."),
            _("There is none with this address. You may have used another one, or you can sign up."),
        ),
        action=_("Sign up"),
        action_key="signup_url",
        closing=IGNORE_IF_NOT_YOU,
    ),
    "account_password_reset_key": Letter(
        subject=_("Choose a new password"),
        sentences=(_("You asked for a new password at %(site)s. Choose it here:"),),
        action=_("Choose a new password"),
        action_key="password_reset_url",
        closing=_("If this was not you, you need do nothing: your password stays as it is."),
    ),
    "account_password_reset_code": Letter(
        subject=_("Your code for a new password"),
        sentences=(_("Enter this code in the window where you asked for a new password:"),),
        closing=_("If this was not you, you need do nothing: your password stays as it is."),
    ),
    "account_login_code": Letter(
        subject=_("Your code to log in"),
        sentences=(_("Enter this code in the window where you are logging in:"),),
        closing=IGNORE_IF_NOT_YOU,
    ),
    "account_password_reset": _notice(
        _("Your password was reset"), _("The password of your account at %(site)s was reset.")
    ),
    "account_password_changed": _notice(
        _("Your password was changed"), _("The password of your account at %(site)s was changed.")
    ),
    "account_password_set": _notice(
        _("Your account has a password"), _("Your account at %(site)s has a password now.")
    ),
    "account_email_changed": _notice(
        _("Your e-mail address was changed"),
        _("The address of your account at %(site)s was changed from %(from_email)s to %(to_email)s."),
    ),
    "account_email_confirm": _notice(
        _("Your e-mail address is confirmed"), _("The address %(email)s is confirmed at %(site)s.")
    ),
    "account_email_deleted": _notice(
        _("An e-mail address was removed"),
        _("The address %(deleted_email)s was removed from your account at %(site)s."),
    ),
    "account_totp_activated": _notice(
        _("Your account has a second factor"),
        _("Logging in to your account at %(site)s now asks for a code of your authenticator app too."),
    ),
    "account_totp_deactivated": _notice(
        _("The second factor was removed"),
        _("Logging in to your account at %(site)s no longer asks for a code of your authenticator app."),
    ),
    "account_recovery_codes_generated": _notice(
        _("New recovery codes"),
        _("New recovery codes were made for your account at %(site)s. The old ones no longer work."),
    ),
    WELCOME: Letter(
        subject=_("Welcome"),
        sentences=(
            _("Your account at %(site)s is ready."),
            _(
                "You see all your bookings in one place, wait for rooms, watch prices, and book at members' prices."
            ),
        ),
        action=_("Begin here"),
        action_key="url",
    ),
    SECURITY_NOTICE: _notice(
        _("A change of your account"), _("Something about your account at %(site)s was changed.")
    ),
    ACCOUNT_NOTICE: _notice(
        _("A change of your account"), _("Something about your account at %(site)s was changed.")
    ),
}


SECURITY_EVENTS: dict[str, Letter] = {
    "login_new_device": _notice(
        _("A new device is logged in to your account"),
        _(
            "Somebody, probably you, has logged in to your account at %(site)s from a device we have not seen before."
        ),
    ),
    "api_token_created": _notice(
        _("A program may use your account"),
        _("A new API token was made for your account at %(site)s. Whoever has it may do what you may do."),
    ),
}
"""The letters of security notices, by event; another event is a change of the account."""


def letter_write(*, type: str, context: Mapping[str, Any], site: str) -> WrittenLetter:  # noqa: A002
    """Fill in a letter in the active language. A name that the context lacks stays empty."""
    letter = LETTERS[type]
    if type == SECURITY_NOTICE:
        letter = SECURITY_EVENTS.get(context["event"], letter)
    names: defaultdict[str, str] = defaultdict(str, {**context, "site": site})
    return WrittenLetter(
        subject=str(letter.subject) % names,
        sentences=tuple(str(sentence) % names for sentence in letter.sentences),
        action=str(letter.action),
        action_url=names[letter.action_key] if letter.action_key else "",
        closing=str(letter.closing) % names,
    )
