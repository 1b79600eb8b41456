"""Webhook endpoints: registering them, their secrets, tests, and sending again what they have missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.scoping import PropertyScopedAdmin, actor_of
from core.admin import each_in_turn, form_page, form_refused
from core.exceptions import DomainError
from inventory.admin.filters import PropertyFilter
from notifications.models import WebhookEndpoint
from notifications.services.delivering import endpoint_secrets
from notifications.services.endpoints import (
    webhook_endpoint_change,
    webhook_endpoint_delete,
    webhook_endpoint_disable,
    webhook_endpoint_enable,
    webhook_endpoint_register,
    webhook_secret_rotate,
)
from notifications.services.resending import deliveries_resend_start, webhook_test_send

from .forms import EndpointForm, RangeForm


@dataclass(frozen=True, slots=True)
class EndpointOperation:
    """Something done with an endpoint, after a question; ``is_for``: whether it is on (None: either way)."""

    name: str
    label: str | Promise
    question: str | Promise
    done: str | Promise
    service: Callable[..., Any]
    is_for: bool | None = None


OPERATIONS = {
    operation.name: operation
    for operation in (
        EndpointOperation(
            "test",
            _("Send a test"),
            _("A test event is sent. How it went stands in the deliveries a moment later."),
            _("The test is on its way."),
            webhook_test_send,
        ),
        EndpointOperation(
            "on",
            _("Switch on"),
            _("New events are sent again. What was missed is sent by “Send again”."),
            _("The endpoint is switched on."),
            webhook_endpoint_enable,
            is_for=False,
        ),
        EndpointOperation(
            "off",
            _("Switch off"),
            _("Nothing is sent any more, nor what is on its way."),
            _("The endpoint is switched off."),
            webhook_endpoint_disable,
            is_for=True,
        ),
        EndpointOperation(
            "rotate",
            _("New secret"),
            _("There will be a new secret. The one before signs beside it for 24 hours."),
            _("There is a new secret."),
            webhook_secret_rotate,
        ),
    )
}


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(PropertyScopedAdmin):
    """Endpoints of a property; those of all properties are the superusers'."""

    form = EndpointForm
    services_commit = True
    list_display = (
        "__str__",
        "property",
        "is_enabled",
        "disabled_reason",
        "failing_since",
        "last_success_at",
        "owner",
    )
    list_filter = (PropertyFilter, "is_enabled", "disabled_reason")
    list_select_related = ("property", "owner")
    search_fields = ("url", "description")
    ordering = ("-id",)
    fields = ("property", "url", "description", "event_types")
    change_form_template = "admin/notifications/webhookendpoint/change_form.html"
    state_fields = (
        "owner",
        "is_enabled",
        "disabled_reason",
        "disabled_at",
        "failing_since",
        "last_success_at",
        "last_failure_at",
        "last_seconds",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *self.state_fields) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ("property", *self.state_fields) if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> WebhookEndpoint:
        """Register or change it by the service."""
        form.save_m2m = list  # an endpoint has no such relations
        values = {name: form.cleaned_data[name] for name in ("url", "description", "event_types")}
        if change:
            return webhook_endpoint_change(endpoint_id=form.instance.pk, actor=actor_of(request), **values)
        house = form.cleaned_data["property"]
        endpoint, _secret = webhook_endpoint_register(
            property_id=house.pk if house else None, actor=actor_of(request), **values
        )
        return endpoint

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        """Do nothing: the service has saved."""

    def delete_model(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        webhook_endpoint_delete(endpoint_id=obj.pk, actor=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[WebhookEndpoint]) -> None:
        each_in_turn(self, request, queryset, lambda row: self.delete_model(request, row))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the endpoints alone: their deliveries go with them, however many there are."""
        return [str(row) for row in objs], {}, set(), []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:endpoint_id>/secret/", view(self.secret), name="notifications_webhookendpoint_secret"),
            path("<int:endpoint_id>/again/", view(self.again), name="notifications_webhookendpoint_again"),
            path(
                "<int:endpoint_id>/do/<slug:name>/",
                view(self.operate),
                name="notifications_webhookendpoint_operate",
            ),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer what can be done with it."""
        endpoint = self.get_object(request, object_id)
        operations = []
        if endpoint is not None and self.has_change_permission(request, endpoint):
            operations = [
                operation
                for operation in OPERATIONS.values()
                if operation.is_for in (None, endpoint.is_enabled) and operation.name != "rotate"
            ]
        deliveries = reverse("admin:notifications_webhookdelivery_changelist")
        context = {
            "operations": operations,
            "deliveries_url": f"{deliveries}?{urlencode({'endpoint__id__exact': object_id})}",
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def operate(self, request: HttpRequest, endpoint_id: int, name: str) -> HttpResponse:
        """Ask, and do it."""
        endpoint = self._endpoint_to_change(request, endpoint_id)
        operation = OPERATIONS.get(name)
        if operation is None:
            raise Http404
        form = forms.Form(request.POST or None)
        if request.method == "POST":
            operation.service(endpoint_id=endpoint_id, actor=actor_of(request))
            self.message_user(request, str(operation.done), messages.SUCCESS)
            is_rotated = name == "rotate"
            return redirect(
                reverse("admin:notifications_webhookendpoint_secret", args=[endpoint_id])
                if is_rotated
                else self.change_url(endpoint_id)
            )
        return form_page(
            self,
            request,
            form=form,
            title=operation.label,
            submit_label=operation.label,
            original=endpoint,
            template="admin/notifications/webhookendpoint/operation.html",
            context={"question": operation.question},
        )

    def secret(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        """Show what deliveries are signed with, to who may change the endpoint."""
        endpoint = self._endpoint_to_change(request, endpoint_id)
        return form_page(
            self,
            request,
            form=forms.Form(),
            title=_("Secret"),
            submit_label="",
            original=endpoint,
            template="admin/notifications/webhookendpoint/secret.html",
            context={"secrets": endpoint_secrets(endpoint, at=timezone.now())},
        )

    def again(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        """Send the events of a range again, in the background."""
        endpoint = self._endpoint_to_change(request, endpoint_id)
        form = RangeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                count = deliveries_resend_start(
                    endpoint_id=endpoint_id, wanted=form.wanted(), actor=actor_of(request)
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                text = ngettext("%(count)d event is sent again.", "%(count)d events are sent again.", count)
                self.message_user(request, text % {"count": count}, messages.SUCCESS)
                return redirect(self.change_url(endpoint_id))
        return form_page(
            self, request, form=form, title=_("Send again"), submit_label=_("Send again"), original=endpoint
        )

    def _endpoint_to_change(self, request: HttpRequest, endpoint_id: int) -> WebhookEndpoint:
        endpoint: WebhookEndpoint | None = self.get_queryset(request).filter(pk=endpoint_id).first()
        if endpoint is None:
            raise Http404
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        return endpoint
