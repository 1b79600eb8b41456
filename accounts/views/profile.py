"""The account's own page; logging in and everything about secrets is allauth's."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import ProfileForm
from accounts.languages import language_cookie_set
from accounts.models import User
from accounts.selectors import membership_for_user, second_factor_is_set
from accounts.services import profile_update


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change what a person says about themselves; their membership card; ways to the rest."""
    user = request.user
    assert isinstance(user, User)
    shown = {name: getattr(user, name) for name in ("full_name", "phone", "country", "language")}
    form = ProfileForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        profile_update(user=user, **form.cleaned_data)
        with override(user.language or None):
            messages.success(request, gettext("Your details are saved."))
        response = redirect("accounts:profile")
        language_cookie_set(response, user.language)
        return response
    context = {
        "form": form,
        "membership": membership_for_user(user),
        "has_second_factor": second_factor_is_set(user),
    }
    return render(request, "accounts/profile.html", context)
