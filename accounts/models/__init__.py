"""Who people are, what they have agreed to, and who was erased."""

from .people import Membership, MembershipTier, PropertyStaff, StaffRole, User
from .privacy import Consent, ConsentPurpose, ConsentWay, Erasure

__all__ = [
    "Consent",
    "ConsentPurpose",
    "ConsentWay",
    "Erasure",
    "Membership",
    "MembershipTier",
    "PropertyStaff",
    "StaffRole",
    "User",
]
