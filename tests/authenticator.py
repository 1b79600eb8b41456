"""An authenticator app."""

from __future__ import annotations

import time

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


def code_shown(secret: str) -> str:
    """The code of this moment. The one before it is accepted too, but no longer when a busy machine sends it."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))
