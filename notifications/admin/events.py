"""Events as programs are told of them, to be read."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin
from core.admin import ReadOnlyAdmin
from inventory.admin.filters import PropertyFilter
from notifications.models import DomainEvent
from notifications.payloads import event_payload
from notifications.types.events import EVENT_TYPES


class EventTypeFilter(admin.SimpleListFilter):
    """By type; the types are known without asking the events. ``path`` leads to it."""

    title = _("type")
    parameter_name = "type"
    path = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, f"{name}: {label}") for name, label in EVENT_TYPES.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.path: value}) if value in EVENT_TYPES else queryset


def payload_shown(payload: dict[str, Any]) -> str:
    """JSON for people."""
    return json.dumps(payload, indent=2, ensure_ascii=False)


@admin.register(DomainEvent)
class DomainEventAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """What happened, with its numbers. An event without one gets it with the next reader or delivery."""

    list_display = ("id", "type", "subject", "property", "sequence", "chain_sequence", "created_at")
    list_filter = (PropertyFilter, EventTypeFilter)
    list_select_related = ("property",)
    search_fields = ("=subject", "=uid")
    search_help_text = _("The subject, such as booking:K7XM3PQR, or the event's id.")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("uid", "type", "subject", "property", "sequence", "chain_sequence", "created_at", "payload")
    readonly_fields = ("payload",)

    @admin.display(description=_("as it is told"))
    def payload(self, event: DomainEvent) -> str:
        return payload_shown(event_payload(event, is_chain=False))
