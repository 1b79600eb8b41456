"""Who works where: roles are given and taken by managers of the same property, never by oneself."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.core import context
from django.db import transaction

from accounts.exceptions import OwnRoleChange
from accounts.models import PropertyStaff, StaffRole, User
from accounts.selectors import staff_may
from core.exceptions import NotFound, PermissionDenied, translate_integrity_errors

from .people import user_create


def property_staff_add(
    *, property_id: int, email: str, role: str, actor: User, full_name: str = ""
) -> PropertyStaff:
    """Give a person a role at a property. An unknown person gets an account and a mail to set a password.

    Sets ``is_staff`` and nothing else of the user. The mail's link needs a request.
    Raises ``PermissionDenied`` unless the actor manages the property, ``OwnRoleChange``, ``RoleTaken``.
    """
    _manager_check(property_id=property_id, actor=actor)
    email = email.strip().lower()
    with translate_integrity_errors(), transaction.atomic():
        user = User.objects.filter(email__iexact=email).first()
        invited = user is None
        if user is None:
            user = user_create(email=email, full_name=full_name)
        _own_role_check(user_id=user.pk, actor=actor)
        staff = PropertyStaff.objects.create(user=user, property_id=property_id, role=role)
        User.objects.filter(pk=user.pk, is_staff=False).update(is_staff=True)
        if invited:
            request_password_reset(context.request, email, [user], default_token_generator)
    return staff


def property_staff_role_set(*, staff_id: int, role: str, actor: User) -> PropertyStaff:
    """Change the role of one row. Raises as ``property_staff_add``, and ``NotFound``."""
    with translate_integrity_errors(), transaction.atomic():
        staff = _staff_lock(staff_id=staff_id, actor=actor)
        staff.role = StaffRole(role)
        staff.save(update_fields=["role", "updated_at"])
    return staff


def property_staff_remove(*, staff_id: int, actor: User) -> None:
    """Take a role away; with the last one, the log-in to the administration. Raises as above."""
    with transaction.atomic():
        staff = _staff_lock(staff_id=staff_id, actor=actor)
        staff.delete()
        if not PropertyStaff.objects.filter(user_id=staff.user_id).exists():
            User.objects.filter(pk=staff.user_id, is_superuser=False).update(is_staff=False)


def _staff_lock(*, staff_id: int, actor: User) -> PropertyStaff:
    staff = PropertyStaff.objects.select_for_update().filter(pk=staff_id).first()
    if staff is None:
        raise NotFound
    _manager_check(property_id=staff.property_id, actor=actor)
    _own_role_check(user_id=staff.user_id, actor=actor)
    return staff


def _manager_check(*, property_id: int, actor: User) -> None:
    if not staff_may(actor, property_id, StaffRole.MANAGER):
        raise PermissionDenied


def _own_role_check(*, user_id: int, actor: User) -> None:
    if user_id == actor.pk and not actor.is_superuser:
        raise OwnRoleChange
