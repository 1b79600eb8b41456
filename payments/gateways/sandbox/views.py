"""The page of the sandbox's bank, where the guest approves or refuses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.security.demo import demo_page
from payments.models import SandboxIntent
from payments.services import sandbox_event_send

from . import bank


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@demo_page
def bank_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what is to be paid; take the guest's answer, tell the merchant, and send the guest back there."""
    if request.method == "POST":
        answered = bank.intent_answer(reference=reference, approved=request.POST.get("answer") == "approve")
        if answered is None:
            raise Http404
        if answered.event_due_at is not None:
            sandbox_event_send(intent=answered)
        return HttpResponseRedirect(_return_url(request, answered))
    intent = bank.intent_find(reference=reference)
    if intent is None:
        raise Http404
    waiting = intent.state == SandboxIntent.State.REQUIRES_ACTION
    context = {"intent": intent, "waiting": waiting, "return_url": _return_url(request, intent)}
    return render(request, "payments/sandbox_bank.html", context)


def _return_url(request: HttpRequest, intent: SandboxIntent) -> str:
    """Give the merchant's address, and only if it is on this site."""
    safe = url_has_allowed_host_and_scheme(
        intent.return_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return intent.return_url if safe else reverse("inventory:home")
