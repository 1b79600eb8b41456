"""What each role may do: one table for models, one for operations. Superusers may do everything.

Read the letters as view, add, change, delete. What stands in no table is for superusers only, and nobody
changes what is read-only.
"""

from __future__ import annotations

from .models import StaffRole
from .types import StaffAccess

LETTERS = {"v": "view", "a": "add", "c": "change", "d": "delete"}

_FD, _M, _F = StaffRole.FRONT_DESK, StaffRole.MANAGER, StaffRole.FINANCE
_SET_UP = {_M: "vacd", _FD: "v", _F: "v"}
_READ = {_M: "v", _FD: "v", _F: "v"}

MODEL_PERMISSIONS: dict[str, dict[StaffRole, str]] = {
    "accounts.propertystaff": {_M: "vacd"},
    "inventory.property": {_M: "vc", _FD: "v", _F: "v"},
    "inventory.propertyphoto": _SET_UP,
    "inventory.amenity": _READ,
    "inventory.roomtype": _SET_UP,
    "inventory.roomtypephoto": _SET_UP,
    "inventory.occupancyprice": _SET_UP,
    "inventory.room": _SET_UP,
    "inventory.rateplan": _SET_UP,
    "inventory.ratepattern": _SET_UP,
    "inventory.rate": {_M: "vac", _FD: "v", _F: "v"},
    "inventory.pricechange": _READ,
    "inventory.specialday": _SET_UP,
    "inventory.restriction": _SET_UP,
    "inventory.bookingrule": _SET_UP,
    "inventory.depositpolicy": _SET_UP,
    "inventory.cancellationpolicy": _SET_UP,
    "inventory.cancellationtier": _SET_UP,
    "inventory.tax": {_M: "vacd", _FD: "v", _F: "vacd"},
    "inventory.roominventory": {_M: "vc", _FD: "v", _F: "v"},
    "inventory.inventoryblock": {_M: "vad", _FD: "vad", _F: "v"},
    "inventory.externalcalendar": {_M: "vacd", _FD: "v"},
    "inventory.externalevent": _READ,
    "inventory.calendarconflict": _READ,
    "bookings.booking": {_M: "vac", _FD: "vac", _F: "v"},
    "bookings.bookingnight": _READ,
    "bookings.trip": _READ,
    "bookings.review": _READ,
    "bookings.reviewreport": _READ,
    "waitlist.waitlistentry": _READ,
    "waitlist.waitlistoffer": _READ,
    "payments.folio": _READ,
    "payments.folioentry": _READ,
    "payments.payment": _READ,
    "payments.refund": _READ,
    "payments.dispute": _READ,
    "waitlist.pricealert": _READ,
    "waitlist.pricedrop": _READ,
    "notifications.notification": _READ,
    "core.effect": {_M: "v"},
    "notifications.domainevent": _READ,
    "notifications.webhookendpoint": {_M: "vacd"},
    "notifications.webhookdelivery": {_M: "v"},
    "notifications.webhookattempt": {_M: "v"},
}

OPERATION_PERMISSIONS: dict[str, frozenset[StaffRole]] = {
    "booking_cancel": frozenset({_FD, _M}),
    "booking_fee_waive": frozenset({_M, _F}),
    "booking_confirm": frozenset({_FD, _M}),
    "booking_check_in": frozenset({_FD, _M}),
    "booking_check_out": frozenset({_FD, _M}),
    "booking_no_show": frozenset({_FD, _M}),
    "booking_mail_again": frozenset({_FD, _M, _F}),
    "calendar_conflict_resolve": frozenset({_FD, _M}),
    "calendar_feed_read": frozenset({_FD, _M}),
    "calendar_feed_rotate": frozenset({_M}),
    "effect_redrive": frozenset({_M}),
    "review_reply": frozenset({_FD, _M}),
    "review_moderate": frozenset({_M}),
    "waitlist_offer": frozenset({_FD, _M}),
    "waitlist_prioritise": frozenset({_FD, _M}),
    "payment_record": frozenset({_FD, _M, _F}),
    "payment_refund": frozenset({_M, _F}),
    "payment_capture": frozenset({_M, _F}),
    "services_reset": frozenset({_M}),
}


def roles_for(model: str, action: str) -> frozenset[StaffRole]:
    """The roles that may ``action`` (view, add, change, delete) rows of a model (``app.model``)."""
    letter = next(key for key, name in LETTERS.items() if name == action)
    return frozenset(role for role, letters in MODEL_PERMISSIONS.get(model, {}).items() if letter in letters)


def property_ids_with(access: StaffAccess, roles: frozenset[StaffRole]) -> list[int] | None:
    """The properties where one of exactly these roles is held; None means all, no roles means nowhere."""
    if access.is_unlimited:
        return None
    return access.property_ids(*roles) if roles else []


def may_with(access: StaffAccess, property_id: int | None, roles: frozenset[StaffRole]) -> bool:
    """Whether one of exactly these roles is held at the property."""
    return access.is_unlimited or (bool(roles) and access.may(property_id, *roles))
