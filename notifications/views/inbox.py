"""What a user was told, kept on the site."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from notifications.exceptions import NotificationNotFound
from notifications.presentation import InboxMessage
from notifications.selectors import inbox_for_user
from notifications.services import inbox_read, inbox_read_all

PAGE_SIZE = 20


@never_cache
@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List a user's messages, newest first. Two queries, and one for the unread in the page's head."""
    assert isinstance(request.user, User)
    page = Paginator(inbox_for_user(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = [InboxMessage.of(notification) for notification in page]
    return render(request, "notifications/inbox.html", {"page": page, "inbox": shown})


@never_cache
@login_required
@require_safe
def inbox_message(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Show one message and note that it was read. Two queries, and one for the unread in the page's head."""
    assert isinstance(request.user, User)
    try:
        notification = inbox_read(user=request.user, notification_id=notification_id)
    except NotificationNotFound:
        raise Http404 from None
    return render(request, "notifications/inbox_message.html", {"message": InboxMessage.of(notification)})


@never_cache
@login_required
@require_POST
def inbox_all_read(request: HttpRequest) -> HttpResponse:
    """Note that everything was read."""
    assert isinstance(request.user, User)
    inbox_read_all(user=request.user)
    messages.success(request, _("Everything is marked as read."))
    return redirect("notifications:inbox")
