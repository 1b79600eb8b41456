"""What is held about oneself: having it, and having it erased."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import AccountDeleteForm
from accounts.models import User
from accounts.privacy.archives import archive_name, person_archive
from accounts.privacy.declaring import refusals_of
from accounts.privacy.erasing import ErasureRefused, person_erase
from accounts.privacy.finding import person_by_user
from accounts.privacy.telling import person_counts
from accounts.selectors import consents_of
from core.api.throttling import rate_limited


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
def personal_data(request: HttpRequest) -> HttpResponse:
    """Say what is held, and what was agreed to; POST gives all of it as a file, to whom has just logged in."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        return _download(request)
    context = {"held": person_counts(person_by_user(user.pk)), "consents": consents_of(user)}
    return render(request, "accounts/personal_data/page.html", context)


@reauthentication_required
def _download(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    at = timezone.now()
    response = HttpResponse(
        person_archive(person_by_user(request.user.pk), at=at), content_type="application/zip"
    )
    response["Content-Disposition"] = f'attachment; filename="{archive_name(at)}"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
def account_delete(request: HttpRequest) -> HttpResponse:
    """Say what goes, what stays, and what stands against it; POST with the password erases at once."""
    user = request.user
    assert isinstance(user, User)
    person = person_by_user(user.pk)
    refusals = refusals_of(person, timezone.now())
    form = AccountDeleteForm(request.POST or None, user=user)
    if request.method == "POST" and not refusals:
        if not ratelimit.consume(request, action="reauthenticate", user=user):
            return ratelimit.respond_429(request)
        if form.is_valid():
            try:
                person_erase(person, actor=user)
            except ErasureRefused as error:
                refusals = error.refusals
            else:
                logout(request)
                return render(request, "accounts/personal_data/gone.html")
    context = {"form": form, "refusals": refusals}
    status = 409 if request.method == "POST" and refusals else 422 if form.errors else 200
    return render(request, "accounts/personal_data/delete.html", context, status=status)
