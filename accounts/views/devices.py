"""Where somebody is logged in, and ending that."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.selectors import devices_of
from accounts.services import device_end, devices_end_others
from core.numbers import whole_number


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """List the devices; POST ends one (``end``) or all others, at once."""
    user = request.user
    assert isinstance(user, User)
    current = request.session.session_key or ""
    if request.method == "POST":
        number = request.POST.get("end", "")
        if number:
            ended = device_end(user=user, device_id=whole_number(number) or 0)
        else:
            ended = devices_end_others(user=user, current=current)
        if ended:
            messages.success(request, gettext("That device is logged out."))
        return redirect("usersessions_list")
    return render(
        request, "accounts/devices.html", {"devices": devices_of(user, current=current), "current": current}
    )
