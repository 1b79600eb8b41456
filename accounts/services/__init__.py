"""Every write about people."""

from .consents import consent_record
from .devices import device_end, devices_end_others
from .memberships import membership_create
from .people import profile_update, user_create, user_sign_up, verification_mail_send
from .staff import property_staff_add, property_staff_remove, property_staff_role_set
from .tokens import IssuedToken, token_issue, token_revoke, tokens_prune, tokens_revoke_all

__all__ = [
    "IssuedToken",
    "consent_record",
    "device_end",
    "devices_end_others",
    "membership_create",
    "profile_update",
    "property_staff_add",
    "property_staff_remove",
    "property_staff_role_set",
    "token_issue",
    "token_revoke",
    "tokens_prune",
    "tokens_revoke_all",
    "user_create",
    "user_sign_up",
    "verification_mail_send",
]
