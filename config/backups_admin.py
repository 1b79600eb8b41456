"""The page of the administration where operators see the backups, and have one made or rehearsed now."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.backups.asking import backup_ask, drill_ask
from core.backups.overview import backups_overview

logger = structlog.get_logger(__name__)


def backups_may(request: HttpRequest) -> bool:
    """Whether the user may see the backups: superusers alone, because a backup holds every house."""
    return bool(request.user.is_active and request.user.is_superuser)


@require_http_methods(["GET", "HEAD", "POST"])
def backups_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """Show whether all is well, every backup and what is next; a post has a backup made, or a restore rehearsed."""
    if not backups_may(request):
        raise PermissionDenied
    if request.method == "POST":
        if "drill" in request.POST:
            drill_ask()
            messages.success(request, gettext("A restore will be rehearsed as soon as a worker is free."))
            logger.info("drill_asked_for", user_id=request.user.pk)
        elif "backup" in request.POST:
            backup_ask()
            messages.success(request, gettext("A backup will be made as soon as a worker is free."))
            logger.info("backup_asked_for", user_id=request.user.pk)
        return redirect("admin:backups")
    context = {**site.each_context(request), "title": _("Backups"), "overview": backups_overview()}
    return TemplateResponse(request, "admin/core/backups.html", context)
