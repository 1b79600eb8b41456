"""Declining mails, by one click and without logging in (RFC 8058)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.choices import CATEGORY_WORDS
from notifications.links import subscription_key
from notifications.models import MailSubscription
from notifications.selectors import subscription_get
from notifications.services import resubscribe, unsubscribe
from notifications.types import Category


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribing(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, because mail programs follow links; POST does it at once.

    Mail programs post from their own servers, without cookies: the token is all that is needed, and all it opens.
    """
    subscription = _subscription(token)
    if request.method == "POST":
        change = resubscribe if "again" in request.POST else unsubscribe
        change(subscription=subscription)
        subscription = _subscription(token)
    words = CATEGORY_WORDS[Category(subscription.category)]
    context = {"words": words, "is_unsubscribed": subscription.unsubscribed_at is not None}
    response = render(request, "notifications/unsubscribe.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _subscription(token: str) -> MailSubscription:
    key = subscription_key(token)
    subscription = subscription_get(key=key) if key else None
    if subscription is None:
        raise Http404
    return subscription
