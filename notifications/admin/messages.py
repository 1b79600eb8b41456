"""The outbox, to be read."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounts.scoping import PropertyScopedAdmin
from core.admin import ReadOnlyAdmin
from inventory.admin.filters import PropertyFilter
from notifications import previews
from notifications.masking import notification_masked
from notifications.models import Channel, Notification
from notifications.rendering import notification_render, notification_sms, notification_subject
from notifications.views.frames import MAIL_CSP, mail_frame


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """Messages and how they read. Those about accounts carry keys to them, and their text is shown to nobody."""

    list_display = (
        "id",
        "type",
        "channel",
        "recipient",
        "status",
        "property",
        "created_at",
        "sent_at",
        "attempts",
    )
    list_filter = (PropertyFilter, "status", "channel", "type")
    list_select_related = ("property",)
    search_fields = ("recipient",)
    ordering = ("-id",)
    fields = (
        "type",
        "subject",
        "channel",
        "recipient",
        "language",
        "property",
        "status",
        "failure",
        "attempts",
        "created_at",
        "scheduled_at",
        "sent_at",
    )
    change_list_template = "admin/notifications/notification/change_list.html"
    change_form_template = "admin/notifications/notification/change_form.html"

    @admin.display(description=_("subject"))
    def subject(self, notification: Notification) -> str:
        return notification_subject(notification)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:notification_id>/html/", view(self.html), name="notifications_notification_html"),
            path("templates/", view(self.templates), name="notifications_templates"),
            path("templates/<slug:type_key>/", view(self.template), name="notifications_template"),
            path(
                "templates/<slug:type_key>/html/",
                view(self.template_html),
                name="notifications_template_html",
            ),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the message as it reads."""
        notification = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if notification and notification.property_id:
            masked = notification_masked(notification)
            context["mail"] = notification_render(masked)
            context["sms"] = notification_sms(masked) if notification.channel == Channel.SMS else ""
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def html(self, request: HttpRequest, notification_id: int) -> HttpResponse:
        """Give the HTML part for the frame of the page."""
        notification = self.get_queryset(request).filter(pk=notification_id).first()
        if notification is None or notification.property_id is None:
            raise Http404
        return _framed(request, notification_render(notification_masked(notification)).html)

    def templates(self, request: HttpRequest) -> HttpResponse:
        """List every kind of message, to be looked at. No query besides the administration's own."""
        self._see_or_refuse(request)
        context = self.admin_site.each_context(request) | previews.preview_list(request)
        return TemplateResponse(
            request,
            "admin/notifications/notification/templates.html",
            context | {"title": _("Templates of messages"), "opts": self.opts},
        )

    def template(self, request: HttpRequest, type_key: str) -> HttpResponse:
        """Show one kind side by side: light, dark, on a phone, and as text."""
        self._see_or_refuse(request)
        shown = previews.preview_detail(request, type_key, frame="admin:notifications_template_html")
        context = self.admin_site.each_context(request) | shown
        return TemplateResponse(
            request,
            "admin/notifications/notification/template.html",
            context | {"title": shown["kind"].label, "opts": self.opts},
        )

    def template_html(self, request: HttpRequest, type_key: str) -> HttpResponse:
        """Give the HTML part of a sample for a frame, as light or dark as `?scheme=` says."""
        self._see_or_refuse(request)
        return _framed(request, previews.preview_html(request, type_key), request.GET.get("scheme", ""))

    def _see_or_refuse(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _framed(request: HttpRequest, html: str, scheme: str = "") -> HttpResponse:
    """A mail for a frame of ours, in which nothing is loaded and nothing runs."""
    framed: Any = csp(MAIL_CSP)(xframe_options_sameorigin(lambda _request: mail_frame(html, scheme=scheme)))
    response: HttpResponse = framed(request)
    return response
