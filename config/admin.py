"""The administration of the house: Django's admin under our name, with the log-in guests have too."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import PropertyScopedAdmin
from accounts.second_factor import second_factor_is_missing
from config.backups_admin import backups_may, backups_page
from config.cache_admin import cache_page
from config.services_admin import service_reset, services_may, services_page
from config.system_admin import runbook_page, system_page
from core.staff_pages import staff_links, staff_page_urls

APP_ORDER = {
    name: place
    for place, name in enumerate(
        ("bookings", "waitlist", "payments", "reports", "inventory", "notifications", "accounts")
    )
}


class HouseAutocompleteView(AutocompleteJsonView):
    """Django's choices as one types, with the house of each where there are several."""

    def get_queryset(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset()
        return self.model_admin.choices(rows) if isinstance(self.model_admin, PropertyScopedAdmin) else rows

    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        result: dict[str, str] = super().serialize_result(obj, to_field_name)
        if isinstance(self.model_admin, PropertyScopedAdmin):
            result["text"] = self.model_admin.choice_label(self.request, obj)
        return result


class VacancyAdminSite(admin.AdminSite):
    """Where staff set up and correct the house."""

    site_header = "Vacancy"
    site_title = "Vacancy"
    index_title = _("Your house")

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff only, and in production only with their second factor."""
        return super().has_permission(request) and not self.lacks_second_factor(request)

    def lacks_second_factor(self, request: HttpRequest) -> bool:
        """Whether the user must set up a second factor first. No query where the session was opened with one."""
        user = request.user
        return isinstance(user, User) and second_factor_is_missing(request, user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send everybody through the one log-in page (rate limits, second factor); staff come back here."""
        user = request.user
        if isinstance(user, User) and user.is_active and user.is_staff and self.lacks_second_factor(request):
            messages.warning(
                request, _("Staff need a second factor. Please set up an authenticator app, then come back.")
            )
            return redirect("mfa_index")
        if user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        query = QueryDict(mutable=True)
        query["next"] = target
        return redirect(f"{reverse('account_login')}?{query.urlencode(safe='/')}")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change passwords at the one place where that ends API tokens and tells the owner."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        """Add the apps' own pages, and those of the system, the outside services and the cache."""
        return [
            *staff_page_urls(self),
            path("backups/", self.admin_view(partial(backups_page, site=self)), name="backups"),
            path("cache/", self.admin_view(partial(cache_page, site=self)), name="cache"),
            path("system/", self.admin_view(partial(system_page, site=self)), name="system"),
            path("system/runbook/", self.admin_view(partial(runbook_page, site=self)), name="runbook"),
            path("services/", self.admin_view(partial(services_page, site=self)), name="services"),
            path(
                "services/<str:name>/reset/",
                self.admin_view(partial(service_reset, site=self)),
                name="service_reset",
            ),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Name the pages that the user may see besides the models' own."""
        context: dict[str, Any] = super().each_context(request)
        is_staff = context["has_permission"]
        return context | {
            "may_see_backups": is_staff and backups_may(request),
            "may_see_services": is_staff and services_may(request),
            "staff_links": staff_links(request) if is_staff else [],
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Name first what the desk needs first."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: (APP_ORDER.get(app["app_label"], len(APP_ORDER)), app["name"]))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        response = HouseAutocompleteView.as_view(admin_site=self)(request)
        assert isinstance(response, HttpResponse)
        return response
