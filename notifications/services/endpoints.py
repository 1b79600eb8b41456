"""Who is told: registering endpoints, changing them, their secrets, and switching them on and off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_with, roles_for
from accounts.selectors import staff_access
from core.editing import rows_unchanged
from core.exceptions import PermissionDenied, translate_integrity_errors
from core.outbound import outbound_url_check
from notifications.exceptions import EndpointNotFound, EventTypeUnknown, TooManyEndpoints
from notifications.models import DisabledReason, WebhookEndpoint, WebhookSecret
from notifications.signing import secret_new, seed_new
from notifications.types.events import EVENT_TYPES

SECRET_OVERLAP_HOURS = 24
"""For how long the old secret signs too after a rotation."""
ENDPOINTS_MAX = 20
"""Per property, and for the chain."""

logger = structlog.get_logger(__name__)


@translate_integrity_errors()
def webhook_endpoint_register(
    *,
    url: str,
    property_id: int | None,
    actor: User,
    description: str = "",
    event_types: Sequence[str] = (),
    owner: User | None = None,
    at: datetime | None = None,
) -> tuple[WebhookEndpoint, str]:
    """Register an endpoint, and give it with its secret. Without a property it gets the events of all.

    Asks the name server before the transaction. ``owner`` (the actor, unless told) gets a mail when it is switched
    off. Raises `PermissionDenied`, `EventTypeUnknown`, `TooManyEndpoints`, and what `outbound_url_check` raises.
    """
    at = at or timezone.now()
    endpoint_access_check(actor, property_id, "add")
    whose = Q(property__isnull=True) if property_id is None else Q(property_id=property_id)
    target = outbound_url_check(url)
    endpoint = WebhookEndpoint(
        property_id=property_id,
        owner=owner or actor,
        url=target.url,
        description=description,
        event_types=event_types_clean(event_types),
    )
    with transaction.atomic(durable=True):
        if WebhookEndpoint.objects.filter(whose).count() >= ENDPOINTS_MAX:
            raise TooManyEndpoints(data={"max": ENDPOINTS_MAX})
        endpoint.save()
        secret = _secret_add(endpoint, at=at)
    logger.info("webhook_endpoint_registered", endpoint=endpoint.pk, actor=actor.pk)
    return endpoint, secret


@translate_integrity_errors()
def webhook_endpoint_change(
    *,
    endpoint_id: int,
    actor: User,
    url: str | None = None,
    description: str | None = None,
    event_types: Sequence[str] | None = None,
    owner: User | None = None,
) -> WebhookEndpoint:
    """Change what is given; the rest stays. A new address is checked, before the transaction.

    Locks the endpoint. Raises `EndpointNotFound`, `PermissionDenied`, `EventTypeUnknown`, and what
    `outbound_url_check` raises.
    """
    checked_url = outbound_url_check(url).url if url is not None else None
    types = event_types_clean(event_types) if event_types is not None else None
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(endpoint_id)
        endpoint_access_check(actor, endpoint.property_id, "change")
        rows_unchanged(WebhookEndpoint)
        if checked_url is not None and checked_url != endpoint.url:
            endpoint.url, endpoint.failing_since, endpoint.last_seconds = checked_url, None, 0.0
        if description is not None:
            endpoint.description = description
        if types is not None:
            endpoint.event_types = types
        if owner is not None:
            endpoint.owner = owner
        endpoint.save()
    logger.info("webhook_endpoint_changed", endpoint=endpoint.pk, actor=actor.pk)
    return endpoint


@translate_integrity_errors()
def webhook_endpoint_enable(*, endpoint_id: int, actor: User) -> WebhookEndpoint:
    """Switch an endpoint on again. What happened meanwhile is not sent by itself: `deliveries_resend` does that.

    Locks the endpoint. Raises `EndpointNotFound`, `PermissionDenied`.
    """
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(endpoint_id)
        endpoint_access_check(actor, endpoint.property_id, "change")
        if not endpoint.is_enabled:
            endpoint.is_enabled, endpoint.disabled_reason, endpoint.disabled_at = True, "", None
            endpoint.failing_since, endpoint.last_seconds = None, 0.0
            endpoint.save()
    logger.info("webhook_endpoint_enabled", endpoint=endpoint.pk, actor=actor.pk)
    return endpoint


@translate_integrity_errors()
def webhook_endpoint_disable(*, endpoint_id: int, actor: User, at: datetime | None = None) -> WebhookEndpoint:
    """Switch an endpoint off by hand; what is on its way to it is not sent.

    Locks the endpoint. Raises `EndpointNotFound`, `PermissionDenied`.
    """
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(endpoint_id)
        endpoint_access_check(actor, endpoint.property_id, "change")
        if endpoint.is_enabled:
            endpoint.is_enabled, endpoint.disabled_reason = False, DisabledReason.BY_HAND
            endpoint.disabled_at = at or timezone.now()
            endpoint.save()
    logger.info("webhook_endpoint_disabled", endpoint=endpoint.pk, actor=actor.pk)
    return endpoint


@translate_integrity_errors()
def webhook_endpoint_delete(*, endpoint_id: int, actor: User) -> None:
    """Forget an endpoint with its deliveries and secrets. Raises `EndpointNotFound`, `PermissionDenied`."""
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(endpoint_id)
        endpoint_access_check(actor, endpoint.property_id, "delete")
        endpoint.delete()
    logger.info("webhook_endpoint_deleted", endpoint=endpoint_id, actor=actor.pk)


@translate_integrity_errors()
def webhook_secret_rotate(
    *, endpoint_id: int, actor: User, at: datetime | None = None
) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret. The one before signs beside it for 24 hours; older ones end now.

    Locks the endpoint. Raises `EndpointNotFound`, `PermissionDenied`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(endpoint_id)
        endpoint_access_check(actor, endpoint.property_id, "change")
        endpoint.secrets.filter(expires_at__gt=at).update(expires_at=at)
        endpoint.secrets.filter(expires_at=None).update(expires_at=at + timedelta(hours=SECRET_OVERLAP_HOURS))
        secret = _secret_add(endpoint, at=at)
    logger.info("webhook_secret_rotated", endpoint=endpoint.pk, actor=actor.pk)
    return endpoint, secret


def endpoint_access_check(actor: User, property_id: int | None, action: str) -> None:
    """Raise `PermissionDenied` unless the actor may do this with endpoints of the property; without one, of all."""
    access = staff_access(actor)
    is_allowed = access.is_unlimited or (
        property_id is not None
        and may_with(access, property_id, roles_for("notifications.webhookendpoint", action))
    )
    if not is_allowed:
        raise PermissionDenied


def endpoint_lock(endpoint_id: int) -> WebhookEndpoint:
    """Lock an endpoint's row. One query. Raises `EndpointNotFound`."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound
    return endpoint


def event_types_clean(event_types: Sequence[str]) -> list[str]:
    """The types in our order, each once. Raises `EventTypeUnknown`."""
    unknown = sorted(set(event_types) - EVENT_TYPES.keys())
    if unknown:
        raise EventTypeUnknown(field="event_types", data={"unknown": unknown})
    return [name for name in EVENT_TYPES if name in event_types]


def _secret_add(endpoint: WebhookEndpoint, *, at: datetime) -> str:
    seed = seed_new()
    secret, secret_hash = secret_new(seed)
    WebhookSecret.objects.create(endpoint=endpoint, seed=seed, secret_hash=secret_hash, created_at=at)
    return secret
