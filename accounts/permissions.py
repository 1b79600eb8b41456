"""What each role may do: one table for models, one for operations. Superusers may do everything.

Read the letters as view, add, change, delete. What stands in no table is for superusers only, and nobody
changes what is read-only.
"""

from __future__ import annotations

from .models import StaffRole
from .types import StaffAccess

LETTERS = {"v": "view", "a": "add", "c": "change", "d": "delete"}

_FD, _M, _F = StaffRole.FRONT_DESK, StaffRole.MANAGER, StaffRole.FINANCE
_H = StaffRole.HOUSEKEEPING
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
    "inventory.roomclosure": _READ,
    "inventory.space": _SET_UP,
    "inventory.spacephoto": _SET_UP,
    "inventory.spacehours": _SET_UP,
    "inventory.spaceclosure": _SET_UP,
    "inventory.spaceprice": _SET_UP,
    "inventory.equipment": _SET_UP,
    "bookings.spacebooking": _READ,
    "inventory.externalcalendar": {_M: "vacd", _FD: "v"},
    "inventory.externalevent": _READ,
    "inventory.calendarconflict": _READ,
    "bookings.booking": {_M: "vac", _FD: "vac", _F: "v"},
    "bookings.bookingchange": _READ,
    "bookings.bookingnight": _READ,
    "bookings.guest": {_M: "vac", _FD: "vac", _F: "v"},
    "bookings.bookingnote": {_M: "va", _FD: "va", _F: "va"},
    "bookings.registration": {_M: "va", _FD: "va"},
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
    "payments.invoice": _READ,
    "inventory.extra": {_M: "vacd", _FD: "v", _F: "vac"},
    "bookings.group": {_M: "vac", _FD: "vac", _F: "v"},
    "bookings.groupblock": _READ,
    "waitlist.pricealert": _READ,
    "waitlist.pricedrop": _READ,
    "notifications.notification": _READ,
    "core.effect": {_M: "v"},
    "notifications.domainevent": _READ,
    "notifications.webhookendpoint": {_M: "vacd"},
    "notifications.webhookdelivery": {_M: "v"},
    "notifications.webhookattempt": {_M: "v"},
    "reports.reportschedule": {_M: "vacd", _F: "vacd"},
}

OPERATION_PERMISSIONS: dict[str, frozenset[StaffRole]] = {
    "booking_cancel": frozenset({_FD, _M}),
    "booking_change": frozenset({_FD, _M}),
    "booking_price_override": frozenset({_FD, _M}),
    "booking_fee_waive": frozenset({_M, _F}),
    "booking_confirm": frozenset({_FD, _M}),
    "booking_check_in": frozenset({_FD, _M}),
    "booking_check_out": frozenset({_FD, _M}),
    "booking_check_out_unsettled": frozenset({_M}),
    "booking_no_show": frozenset({_FD, _M}),
    "room_assign": frozenset({_FD, _M}),
    "room_close": frozenset({_FD, _M}),
    "booking_mail_again": frozenset({_FD, _M, _F}),
    "calendar_conflict_resolve": frozenset({_FD, _M}),
    "calendar_feed_read": frozenset({_FD, _M}),
    "calendar_feed_rotate": frozenset({_M}),
    "effect_redrive": frozenset({_M}),
    "room_mark": frozenset({_FD, _M, _H}),
    "room_inspect": frozenset({_M, _FD}),
    "guest_merge": frozenset({_FD, _M}),
    "review_reply": frozenset({_FD, _M}),
    "review_moderate": frozenset({_M}),
    "waitlist_offer": frozenset({_FD, _M}),
    "waitlist_prioritise": frozenset({_FD, _M}),
    "payment_record": frozenset({_FD, _M, _F}),
    "payment_refund": frozenset({_M, _F}),
    "payment_capture": frozenset({_M, _F}),
    "payment_flag_clear": frozenset({_M, _F}),
    "extra_add": frozenset({_FD, _M}),
    "folio_charge": frozenset({_M, _F}),
    "folio_reverse": frozenset({_M, _F}),
    "folio_move": frozenset({_FD, _M, _F}),
    "invoice_issue": frozenset({_FD, _M, _F}),
    "invoice_cancel": frozenset({_M, _F}),
    "group_manage": frozenset({_FD, _M}),
    "group_cancel": frozenset({_M}),
    "services_reset": frozenset({_M}),
    "space_book": frozenset({_FD, _M}),
    "space_decide": frozenset({_FD, _M}),
    "space_check_in": frozenset({_FD, _M}),
    "space_cancel": frozenset({_FD, _M}),
    "space_fee_waive": frozenset({_M, _F}),
    "space_feed_read": frozenset({_FD, _M}),
    "space_feed_rotate": frozenset({_M}),
    "report_read": frozenset({_M, _F}),
    "report_desk_read": frozenset({_FD, _M, _F}),
    "export_make": frozenset({_M, _F}),
    "audit_read": frozenset({_M}),
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
