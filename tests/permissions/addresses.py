"""What each address is asked with: the values of its parameters, and the house that a page is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from .routes import Route
from .world import World

WRONG = "ZZZZZZZZ"
"""A secret that opens nothing."""

Value = Callable[[World], Any]


def address(world: World, route: Route) -> str:
    """Where to ask. Raises `KeyError` for a parameter that nothing stands for."""
    arguments = {name: _value(world, route, name) for name in route.parameters}
    if route.name.startswith("/"):
        return _filled(route.pattern, arguments)
    house = OF_A_HOUSE.get(route.name)
    query = f"?{house}={world.house.property.pk}" if house else ""
    if route.name == "admin:spaces":  # guest A's booking is tomorrow's, and today may be a Sunday
        query += f"&week={world.space_booking.start.date()}"
    if route.name == "admin:export-new":
        query = "?kind=bookings"
    return reverse(route.name, kwargs=arguments) + query


def _value(world: World, route: Route, name: str) -> Any:
    for known in (f"{route.name} {name}", f"{_family(route.name)} {name}", name):
        if known in VALUES:
            return VALUES[known](world)
    if name == "object_id" and route.model:
        return world.row_named(route.model).pk
    raise KeyError(f"{route.name}: what stands for {name}?")


def _family(name: str) -> str:
    """``admin:bookings_booking`` of ``admin:bookings_booking_cancel``; ``api:trip`` of ``api:trip-share``."""
    space, _colon, rest = name.partition(":")
    separator = "-" if space == "api" else "_"
    return f"{space}:{separator.join(rest.split(separator)[: 1 if space != 'admin' else 2])}"


def _filled(pattern: str, arguments: dict[str, Any]) -> str:
    for name, value in arguments.items():
        for written in (f"<path:{name}>", f"<str:{name}>", f"(?P<{name}>.*)$"):
            pattern = pattern.replace(written, str(value))
    return pattern


def _of(label: str, attribute: str = "pk") -> Value:
    """A value of the row of a model."""
    return lambda world: getattr(world.row_named(label), attribute)


OF_A_HOUSE = {
    **dict.fromkeys(
        (
            "admin:chart",
            "admin:chart_assign",
            "admin:groups",
            "admin:housekeeping",
            "admin:housekeeping_mark",
            "admin:rates-grid",
            "admin:rates_export",
            "admin:rates_import",
            "admin:report",
            "admin:space_book",
            "admin:spaces",
            "admin:today",
        ),
        "house",
    ),
    "api:booking-list": "property",
    "api:report": "property",
    "api:space-booking-list": "property",
}
"""Pages that take a house by its number, and how they call it: everybody asks for guest A's."""

VALUES: dict[str, Value] = {
    "slug": lambda world: world.house.property.slug,
    "room_type_id": lambda world: world.house.room_type.pk,
    "rate_plan_id": lambda world: world.house.plan.pk,
    "reference": lambda world: world.booking.reference,
    "booking": lambda world: world.booking.reference,
    "booking_id": lambda world: world.booking.pk,
    "bookings:review reference": lambda world: world.review.booking.reference,
    "api:booking-review reference": lambda world: world.review.booking.reference,
    "folio_id": lambda world: world.booking.folio_id,
    "entry_id": lambda world: world.booking.folio.entries.order_by("pk")[0].pk,
    "admin:waitlist_waitlistentry entry_id": _of("waitlist_waitlistentry"),
    "payment_id": lambda world: world.booking.folio.payments.get().pk,
    "edit_id": lambda world: world.rate_edit.pk,
    "kept_id": lambda world: world.merge.kept_id,
    "merged_id": _of("bookings_guest"),
    "merge_id": lambda world: world.merge.pk,
    "kind": lambda world: "csv",
    "token": lambda world: WRONG,
    "secret": lambda world: WRONG,
    "key": lambda world: WRONG,
    "admin:report key": lambda world: "occupancy",
    "admin:report-bookings key": lambda world: "occupancy",
    "api:report key": lambda world: "occupancy",
    "uidb36": lambda world: "zz",
    "url": lambda world: "no/such/page",
    "path": lambda world: "no-such-file.txt",
    "app_label": lambda world: "bookings",
    "content_type_id": lambda world: 0,
    "admin:view_on_site object_id": lambda world: 0,
    "type_key": lambda world: "booking_confirmed",
    "gateway": lambda world: "sandbox",
    "name": lambda world: "check-in",
    "admin:service_reset name": lambda world: "email",
    "token_id": lambda world: world.token.token_key,
    "notification_id": lambda world: world.message.pk,
    "effect_id": _of("core_effect"),
    "review_id": _of("bookings_review"),
    "report_id": _of("bookings_reviewreport"),
    "offer_id": _of("waitlist_waitlistoffer"),
    "endpoint_id": _of("notifications_webhookendpoint"),
    "delivery_id": _of("notifications_webhookdelivery"),
    "api:webhook-delivery endpoint_id": _of("notifications_webhookdelivery", "endpoint_id"),
    "api:webhook-delivery-resend endpoint_id": _of("notifications_webhookdelivery", "endpoint_id"),
    "invoice_id": _of("payments_invoice"),
    "schedule_id": _of("reports_reportschedule"),
    "calendar_id": _of("inventory_externalcalendar"),
    "conflict_id": _of("inventory_calendarconflict"),
    "admin:inventory_externalcalendar pk": _of("inventory_externalcalendar"),
    "admin:inventory_space pk": _of("inventory_space"),
    "admin:inventory_roomtype pk": lambda world: world.house.room_type.pk,
    "id": lambda world: world.people.guest_a.pk,
    "group_id": _of("bookings_group"),
    "closure_id": _of("inventory_roomclosure"),
    "room_id": lambda world: world.house.room_type.rooms.order_by("pk")[0].pk,
    "room_index": lambda world: 1,
    "uid": lambda world: world.export.uid,
    "number": lambda world: world.invoice.number,
    "space_id": _of("inventory_space"),
    "space_slug": _of("inventory_space", "slug"),
    "bookings:space reference": lambda world: world.space_booking.reference,
    "api:space reference": lambda world: world.space_booking.reference,
    "admin:space_booking reference": lambda world: world.space_booking.reference,
    "admin:space_do reference": lambda world: world.space_booking.reference,
    "bookings:trip reference": lambda world: world.trip.reference,
    "api:trip reference": lambda world: world.trip.reference,
    "waitlist:entry reference": _of("waitlist_waitlistentry", "reference"),
    "api:waitlist reference": _of("waitlist_waitlistentry", "reference"),
    "waitlist:offer reference": _of("waitlist_waitlistoffer", "reference"),
    "api:waitlist-offer reference": _of("waitlist_waitlistoffer", "reference"),
    "api:waitlist-offer-accept reference": _of("waitlist_waitlistoffer", "reference"),
    "api:waitlist-offer-decline reference": _of("waitlist_waitlistoffer", "reference"),
    "waitlist:alert reference": _of("waitlist_pricealert", "reference"),
    "api:price reference": _of("waitlist_pricealert", "reference"),
}
"""What stands for a parameter: of one route, of the routes of a family, or everywhere."""
