"""What was sent where, and what came back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.permissions import property_ids_with, roles_for
from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline, access_of, actor_of
from core.admin import ReadOnlyAdmin, ReadOnlyInline, each_in_turn
from inventory.admin.filters import PropertyFilter
from notifications.models import WebhookAttempt, WebhookDelivery
from notifications.payloads import payload_of
from notifications.services.resending import delivery_resend

from .events import EventTypeFilter, payload_shown


class DeliveredTypeFilter(EventTypeFilter):
    path = "event__type"


class WebhookAttemptInline(ReadOnlyInline, PropertyScopedInline):
    model = WebhookAttempt
    fields = (
        "number",
        "started_at",
        "seconds",
        "answer_status",
        "error",
        "address",
        "request_headers",
        "answer_headers",
        "answer_body",
    )


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """Deliveries with their attempts. They can be sent again, one by one; a range is sent from the endpoint's page."""

    property_path = "endpoint__property"
    list_display = (
        "id",
        "type_shown",
        "subject_shown",
        "endpoint",
        "status",
        "attempts",
        "created_at",
        "delivered_at",
        "next_attempt_at",
    )
    list_filter = (PropertyFilter, "status", DeliveredTypeFilter)
    list_select_related = ("endpoint", "event")
    search_fields = ("=event__subject", "=event__uid")
    search_help_text = _("The subject, such as booking:K7XM3PQR, or the event's id.")
    ordering = ("-id",)
    sortable_by = ()
    actions = ("send_again",)
    inlines = (WebhookAttemptInline,)
    fields = (
        "endpoint",
        "event",
        "status",
        "attempts",
        "resends",
        "created_at",
        "resent_at",
        "delivered_at",
        "next_attempt_at",
        "body",
    )
    readonly_fields = ("body",)

    @admin.display(description=_("type"))
    def type_shown(self, delivery: WebhookDelivery) -> Any:
        return delivery.event.type if delivery.event else _("test")

    @admin.display(description=_("subject"))
    def subject_shown(self, delivery: WebhookDelivery) -> str:
        return delivery.event.subject if delivery.event else "–"

    @admin.display(description=_("body sent"))
    def body(self, delivery: WebhookDelivery) -> str:
        return payload_shown(payload_of(delivery, delivery.endpoint))

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whether the user may send something again somewhere."""
        roles = roles_for("notifications.webhookendpoint", "change")
        return property_ids_with(access_of(request), roles) != []

    @admin.action(description=_("Send again"), permissions=("send",))
    def send_again(self, request: HttpRequest, queryset: models.QuerySet[WebhookDelivery]) -> None:
        """Send the chosen deliveries again at once."""
        actor = actor_of(request)
        count = each_in_turn(
            self, request, queryset, lambda row: delivery_resend(delivery_id=row.pk, actor=actor)
        )
        text = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
