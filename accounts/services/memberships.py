"""The loyalty programme."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Membership, MembershipTier, User

NUMBER_DIGITS = 10
ENTRY_TIER_CODE = "member"


def membership_create(*, user: User) -> Membership:
    """Make the user a member of the lowest tier, with a new number. A member stays what they are.

    Creates the tier "member" without a discount where no tier exists. Two to four queries.
    """
    with transaction.atomic():
        known = Membership.objects.filter(user=user).first()
        if known is not None:
            return known
        tier = MembershipTier.objects.order_by("position", "code").first()
        if tier is None:
            tier, _created = MembershipTier.objects.get_or_create(
                code=ENTRY_TIER_CODE, defaults={"name": gettext("Member")}
            )
        number = membership_number_new()
        while Membership.objects.filter(number=number).exists():
            number = membership_number_new()
        membership, _created = Membership.objects.get_or_create(
            user=user, defaults={"number": number, "tier": tier}
        )
        return membership


def membership_number_new() -> str:
    """Ten random digits, the last a check digit (Luhn), so that a slip of the pen is noticed."""
    digits = "".join(secrets.choice("0123456789") for _ in range(NUMBER_DIGITS - 1))
    return digits + luhn_digit(digits)


def luhn_digit(digits: str) -> str:
    """The check digit that follows ``digits`` (Luhn, ISO/IEC 7812-1 annex B)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
