"""Pages that ask for work elsewhere, or break."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from core.outbox import effect_enqueue
from tests.system.names import CALLS

handler500 = "core.api.problems.server_error"


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a call to somebody else, as services do."""
    with transaction.atomic():
        payload = {"url": request.POST["url"], "breaks": request.POST.get("breaks", "")}
        effect_enqueue(kind=CALLS, payload=payload, dedup_key=f"call {request.POST['name']}")
    return HttpResponse(status=202)


def broken(request: HttpRequest) -> HttpResponse:
    """Break with what should be told to nobody."""
    guest_name = "Zephyrine Quastenflosser"
    raise RuntimeError(f"no mailbox zephyrine@quastenflosser.example for {len(guest_name)} letters")


urlpatterns = [path("ask", ask), path("broken", broken)]
