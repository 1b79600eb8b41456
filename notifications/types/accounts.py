"""What messages about an account hold."""

from __future__ import annotations

from typing import TypedDict


class AccountDetails(TypedDict, total=False):
    """What some of the messages about an account hold, from allauth's context."""

    name: str
    activate_url: str
    password_reset_url: str
    signup_url: str
    code: str
    from_email: str
    to_email: str
    deleted_email: str
    ip: str
    user_agent: str
    timestamp: str


class AccountContext(AccountDetails):
    """What every message about an account holds."""

    email: str  # the address the message is about


class WelcomeContext(AccountContext):
    """The address of a new account is confirmed. ``name`` may be empty."""

    url: str  # absolute address to begin at


class SecurityNoticeContext(AccountContext):
    """Something about the account's security; ``ip`` and ``user_agent`` say from where."""

    event: str  # see letters.SECURITY_EVENTS: "login_new_device", "api_token_created" ...
    at: str
