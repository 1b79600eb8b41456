"""Reads about people: their discount, their tokens, and where staff may work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone
from knox.models import AuthToken

from core.exceptions import PermissionDenied

from .models import Consent, Membership, PropertyStaff, StaffRole, User
from .permissions import OPERATION_PERMISSIONS, may_with
from .types import StaffAccess


def discount_for_user(user: User | AnonymousUser | None) -> Decimal:
    """The member's discount in percent; 0 for everybody else. One query, none for anonymous guests."""
    if user is None or not user.is_authenticated:
        return Decimal(0)
    percent = (
        Membership.objects.filter(user_id=user.pk)
        .order_by()
        .values_list("tier__discount_percent", flat=True)
        .first()
    )
    return percent if percent is not None else Decimal(0)


def discounts_for_users(*, user_ids: Collection[int]) -> dict[int, Decimal]:
    """The discounts in percent of those who are members, by user. One query, none for nobody."""
    if not user_ids:
        return {}
    rows = Membership.objects.filter(user_id__in=user_ids).order_by()
    return dict(rows.values_list("user_id", "tier__discount_percent"))


def account_get(*, user_id: int) -> User:
    """A user with membership and tier. One query."""
    return User.objects.select_related("membership__tier").get(pk=user_id)


def membership_for_user(user: User) -> Membership | None:
    """The user's membership with its tier. One query."""
    return Membership.objects.filter(user_id=user.pk).select_related("tier").first()


def staff_access(user: User | AnonymousUser | None) -> StaffAccess:
    """Where the user works and as what. One query, none for guests and superusers."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return StaffAccess()
    if user.is_superuser:
        return StaffAccess(is_unlimited=True)
    roles: defaultdict[int, set[str]] = defaultdict(set)
    for property_id, role in PropertyStaff.objects.filter(user_id=user.pk).values_list("property_id", "role"):
        roles[property_id].add(role)
    return StaffAccess(roles_by_property={key: frozenset(held) for key, held in roles.items()})


def staff_property_ids(
    user: User | AnonymousUser | None, roles: Iterable[str] | None = None
) -> list[int] | None:
    """The properties where the user has one of ``roles`` (None: any);

    None, for superusers, means all. One query.
    """
    return staff_access(user).property_ids(*(roles or ()))


def staff_may(user: User | AnonymousUser | None, property_id: int, *roles: str) -> bool:
    """Whether the user has one of ``roles`` (none: any role) at the property. One query."""
    return staff_access(user).may(property_id, *roles)


def operation_require(user: User | AnonymousUser | None, property_id: int, operation: str) -> None:
    """Raise `PermissionDenied` unless the user's role at the property may do the operation of the table. One query."""
    if not may_with(staff_access(user), property_id, OPERATION_PERMISSIONS[operation]):
        raise PermissionDenied


def email_is_verified(user: User) -> bool:
    """Whether the user has confirmed the address they log in with. One query."""
    return EmailAddress.objects.filter(user_id=user.pk, email=user.email.lower(), verified=True).exists()


def second_factor_is_set(user: User) -> bool:
    """Whether the user has an authenticator app. One query."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def tokens_for_user(user: User, *, at: datetime | None = None) -> QuerySet[AuthToken]:
    """The user's API tokens that still work, newest first. One query."""
    unexpired = Q(expiry__isnull=True) | Q(expiry__gt=at or timezone.now())
    return AuthToken.objects.filter(unexpired, user_id=user.pk).order_by("-created", "pk")


def devices_of(user: User, *, current: str) -> list[UserSession]:
    """Where the user is logged in: this device (``current``, its session's key) first, then by when they were seen."""
    seen = UserSession.objects.purge_and_list(user)
    return sorted(seen, key=lambda one: (one.session_key != current, -one.last_seen_at.timestamp()))


def consents_of(user: User) -> list[Consent]:
    """All that the user has agreed to and taken back, newest first, also without being logged in. One query."""
    own = Q(user_id=user.pk)
    if user.email:
        own |= Q(email__lower=user.email.lower())
    return list(Consent.objects.filter(own).order_by("-id"))


def superusers() -> list[User]:
    """Everybody who may do everything and can log in. One query."""
    return list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))


def property_people(property_id: int, *, roles: Iterable[str] | None = None) -> list[User]:
    """Who works at a property in one of ``roles`` (None: any but housekeeping) and can log in, each once. One query."""
    wanted = [role for role in StaffRole if role != StaffRole.HOUSEKEEPING] if roles is None else list(roles)
    staff = PropertyStaff.objects.filter(property_id=property_id, role__in=wanted)
    return list(
        User.objects.filter(pk__in=staff.values("user_id"), is_active=True, is_staff=True).order_by("pk")
    )


USERS_FOUND_MAX = 200


def users_found(text: str) -> list[User]:
    """Users by a part of their name or e-mail address, at most 200. One query."""
    found = Q(email__icontains=text) | Q(full_name__icontains=text)
    return list(User.objects.filter(found).order_by("pk")[:USERS_FOUND_MAX])
