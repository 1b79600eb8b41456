"""What providers told us, for superusers: it belongs to no house."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from payments.models import WebhookEvent


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "gateway", "provider_reference", "received_at", "processed_at", "error")
    list_filter = (
        "gateway",
        ("processed_at", admin.EmptyFieldListFilter),
        ("error", admin.EmptyFieldListFilter),
    )
    search_fields = ("event_id", "provider_reference")
    ordering = ("-id",)
    fields = (
        "gateway",
        "event_id",
        "type",
        "provider_reference",
        "payload",
        "received_at",
        "processed_at",
        "error",
    )
