"""The templates of messages, for developers."""

from __future__ import annotations

from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.security.demo import demo_page
from notifications import previews

from .frames import MAIL_CSP, mail_frame


@require_safe
@never_cache
@demo_page
def template_list(request: HttpRequest) -> HttpResponse:
    """List every kind of message. No query."""
    return render(request, "notifications/template_list.html", previews.preview_list(request))


@require_safe
@never_cache
@demo_page
def template_detail(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show one kind side by side: light, dark, on a phone, and as text. No query."""
    context = previews.preview_detail(request, type_key, frame="notifications:template_html")
    return render(request, "notifications/template_detail.html", context)


@require_safe
@never_cache
@csp(MAIL_CSP)  # type: ignore[arg-type]  # its hints know only views without arguments
@demo_page
def template_html(request: HttpRequest, type_key: str) -> HttpResponse:
    """Give the HTML part for a frame, as light or dark as `?scheme=` says."""
    return mail_frame(previews.preview_html(request, type_key), scheme=request.GET.get("scheme", ""))


@require_safe
@never_cache
@demo_page
def template_receipt(request: HttpRequest, type_key: str) -> HttpResponse:
    """Give the document that would be attached."""
    return previews.preview_receipt(request, type_key)
