"""Endpoints and their deliveries, for who may see them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from accounts.permissions import property_ids_with, roles_for
from accounts.selectors import staff_access
from core.exceptions import PermissionDenied
from notifications.exceptions import DeliveryNotFound, EndpointNotFound, EventsNotFound
from notifications.models import DeliveryStatus, WebhookAttempt, WebhookDelivery, WebhookEndpoint

ENDPOINT = "notifications.webhookendpoint"
EVENT = "notifications.domainevent"


def property_ids_visible(user: User, model: str) -> list[int] | None:
    """The properties whose rows of a model the user may see; None means all. One query, none for superusers."""
    return property_ids_with(staff_access(user), roles_for(model, "view"))


def events_access_check(visible_property_ids: Collection[int] | None, property_id: int | None) -> None:
    """Refuse who may see no events, or not those of the property. Raises `PermissionDenied`, `EventsNotFound`."""
    if visible_property_ids is None:
        return
    if not visible_property_ids:
        raise PermissionDenied
    if property_id is not None and property_id not in visible_property_ids:
        raise EventsNotFound


def endpoints_visible(*, user: User, property_id: int | None = None) -> QuerySet[WebhookEndpoint]:
    """The endpoints that a user may see, newest first; those of all properties only for superusers. Two queries."""
    endpoints = WebhookEndpoint.objects.select_related("property", "owner").order_by("-id")
    ids = property_ids_visible(user, ENDPOINT)
    if ids is not None:
        endpoints = endpoints.filter(property_id__in=ids)
    return endpoints if property_id is None else endpoints.filter(property_id=property_id)


def endpoint_visible(*, user: User, endpoint_id: int) -> WebhookEndpoint:
    """One of them. Two queries. Raises `EndpointNotFound`."""
    endpoint = endpoints_visible(user=user).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound
    return endpoint


def endpoint_by_id(endpoint_id: int) -> WebhookEndpoint:
    """An endpoint for operators. One query. Raises `EndpointNotFound`."""
    endpoint = WebhookEndpoint.objects.select_related("property").filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound
    return endpoint


def deliveries_of(*, endpoint: WebhookEndpoint, statuses: Collection[str] = ()) -> QuerySet[WebhookDelivery]:
    """An endpoint's deliveries with their events, newest first, to be paginated. One query when read."""
    deliveries = endpoint.deliveries.select_related("event__property").order_by("-id")
    return deliveries.filter(status__in=statuses) if statuses else deliveries


def delivery_of(*, endpoint: WebhookEndpoint, delivery_id: int) -> WebhookDelivery:
    """One delivery with its attempts, oldest first. Two queries. Raises `DeliveryNotFound`."""
    attempts = Prefetch("attempt_log", WebhookAttempt.objects.order_by("id"))
    delivery = deliveries_of(endpoint=endpoint).filter(pk=delivery_id).prefetch_related(attempts).first()
    if delivery is None:
        raise DeliveryNotFound
    return delivery


def deliveries_in_flight(*, at: datetime, but: int = 0) -> QuerySet[WebhookDelivery]:
    """What is being sent right now, without one of them. One query when read."""
    return WebhookDelivery.objects.filter(in_flight_until__gt=at).exclude(pk=but)


def deliveries_waiting(*, endpoint: WebhookEndpoint, limit: int) -> int:
    """How many deliveries of an endpoint wait, counted up to ``limit``. One query."""
    return endpoint.deliveries.filter(status=DeliveryStatus.PENDING).order_by()[:limit].count()
