"""The administration of the house: Django's admin under our name, with the log-in guests have too."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class VacancyAdminSite(admin.AdminSite):
    site_header = "Vacancy"
    site_title = "Vacancy"
    index_title = _("Your house")

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Send everybody through the one log-in page (rate limits, second factor); staff come back here."""
        if request.user.is_authenticated and not self.has_permission(request):
            return super().login(request, extra_context)
        return redirect(
            f"{reverse('account_login')}?next={request.GET.get('next') or reverse('admin:index')}"
        )
