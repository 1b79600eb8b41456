"""The site's addresses, and one whose answer waits until the test lets it."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as site_addresses

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
LOCK = 778_001


@csrf_exempt
def wait(request: HttpRequest) -> HttpResponse:
    """Answer with what was sent, once nobody holds the lock any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
    return HttpResponse(request.body, content_type="text/plain")


urlpatterns = [path("tests/wait/", wait), *site_addresses]
