"""The page of the administration where operators see what the cache does, and outdate what it holds."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config.services_admin import services_may
from core.cache.clearing import cache_clear
from core.cache.report import cache_report
from core.exceptions import NotFound, Unavailable


@require_http_methods(["GET", "HEAD", "POST"])
def cache_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """Show every kind of data with its reads and hit rate; a post outdates one kind."""
    if not services_may(request):
        raise PermissionDenied
    if request.method == "POST":
        namespace = request.POST.get("namespace", "")
        try:
            cache_clear(namespace=namespace, actor=f"user {request.user.pk}")
        except NotFound as error:
            raise Http404 from error
        except Unavailable:
            messages.error(request, gettext("The cache server does not answer."))
        else:
            messages.success(request, gettext("“%(name)s” is read afresh from now on.") % {"name": namespace})
        return redirect("admin:cache")
    context = {**site.each_context(request), "title": _("Cache"), "report": cache_report()}
    return TemplateResponse(request, "admin/core/cache.html", context)
