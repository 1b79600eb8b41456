"""What a user wants to be told, and in which language."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.languages import language_cookie_set
from accounts.models import User
from accounts.services import profile_update
from notifications.forms import PreferencesForm
from notifications.models import Channel
from notifications.selectors import choices_for_user
from notifications.services import DEFAULT_LANGUAGE, preferences_set


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and change them. Two queries to show, and one for the unread in the page's head."""
    user = request.user
    assert isinstance(user, User)
    form = PreferencesForm(
        request.POST or None,
        choices=choices_for_user(user),
        initial={"language": user.language or DEFAULT_LANGUAGE},
    )
    if request.method == "POST" and form.is_valid():
        preferences_set(user=user, choices=form.chosen())
        profile_update(user=user, language=form.cleaned_data["language"])
        with override(user.language or None):
            messages.success(request, gettext("Your choices are saved."))
        response = redirect("notifications:preferences")
        language_cookie_set(response, user.language)
        return response
    context = {"form": form, "channels": list(Channel)}
    return render(request, "notifications/preferences.html", context)
