"""Who may read the figures: this machine, whoever has the token, and superusers."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST

from .metrics import metrics_text

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class MetricsView(View):
    """`/metrics` for Prometheus. 403 for everybody else."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        if not (_has_token(request) or _is_here(request) or _is_superuser(request)):
            return HttpResponse("Forbidden", status=403, content_type="text/plain")
        return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.META.get("HTTP_AUTHORIZATION", "").encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(expected, given)


def _is_here(request: HttpRequest) -> bool:
    """Whether it comes from this machine and straight, not through a proxy that runs here."""
    if settings.REST_FRAMEWORK["NUM_PROXIES"] or any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _is_superuser(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and user.is_active and user.is_superuser
