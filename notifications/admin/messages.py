"""The outbox, to be read."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounts.scoping import PropertyScopedAdmin
from core.admin import ReadOnlyAdmin
from inventory.admin.filters import PropertyFilter
from notifications.models import Notification
from notifications.rendering import notification_render, notification_subject
from notifications.views.frames import MAIL_CSP


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """Messages and how they read. Those about accounts carry keys to them, and their text is shown to nobody."""

    list_display = ("id", "type", "recipient", "status", "property", "created_at", "sent_at", "attempts")
    list_filter = (PropertyFilter, "status", "type")
    list_select_related = ("property",)
    search_fields = ("recipient",)
    ordering = ("-id",)
    fields = (
        "type",
        "subject",
        "recipient",
        "language",
        "property",
        "status",
        "attempts",
        "created_at",
        "scheduled_at",
        "sent_at",
    )
    change_form_template = "admin/notifications/notification/change_form.html"

    @admin.display(description=_("subject"))
    def subject(self, notification: Notification) -> str:
        return notification_subject(notification)

    def get_urls(self) -> list[URLPattern]:
        html = path(
            "<int:notification_id>/html/",
            self.admin_site.admin_view(self.html),
            name="notifications_notification_html",
        )
        return [html, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the message as it reads."""
        notification = self.get_object(request, object_id)
        mail = notification_render(notification) if notification and notification.property_id else None
        return super().change_view(request, object_id, form_url, {"mail": mail, **(extra_context or {})})

    def html(self, request: HttpRequest, notification_id: int) -> HttpResponse:
        """Give the HTML part for the frame of the page."""
        notification = self.get_queryset(request).filter(pk=notification_id).first()
        if notification is None or notification.property_id is None:
            raise Http404
        html = notification_render(notification).html.replace("<head>", '<head><base target="_top">', 1)
        framed: Any = csp(MAIL_CSP)(xframe_options_sameorigin(lambda _request: HttpResponse(html)))
        response: HttpResponse = framed(request)
        return response
