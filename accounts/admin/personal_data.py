"""What is held about somebody, for whom they ask: looking it up, handing it out, erasing it. For superusers.

A person's data are of all houses, so it is nobody's who works at one of them. Whom it is about never stands in an
address, which would be logged: every step is a form.
"""

from __future__ import annotations

from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import Erasure, User
from accounts.privacy import Person, holdings
from accounts.privacy.archives import archive_name, person_archive
from accounts.privacy.erasing import ErasureRefused, erasure_preview, person_erase
from accounts.privacy.finding import PersonUnknown, person_by_email, person_by_reference
from core.staff_pages import staff_page, staff_page_register

logger = structlog.get_logger(__name__)
ERASURES_SHOWN = 20


class PersonForm(forms.Form):
    """Who is meant."""

    who = forms.CharField(
        label=_("E-mail address or booking reference"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ErasingForm(PersonForm):
    """Who is meant, and the word that says so."""

    who = forms.CharField(max_length=254, widget=forms.HiddenInput())
    word = forms.CharField(
        label=_("Type the address or reference once more"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip()
        if not constant_time_compare(word.lower(), self.cleaned_data.get("who", "").strip().lower()):
            raise forms.ValidationError(_("This is not the one that you have opened."))
        return word


@require_http_methods(["GET", "HEAD", "POST"])
def personal_data(request: HttpRequest) -> HttpResponse:
    """Ask who, show what is held, and do with it what the button says."""
    form = PersonForm(request.POST or None)
    person = _person(form) if request.method == "POST" and form.is_valid() else None
    action = request.POST.get("action", "find")
    if person is not None and action == "download":
        return _download(request, person)
    erasing = ErasingForm(
        request.POST if action == "erase" else None, initial={"who": request.POST.get("who", "")}
    )
    if person is not None and action == "erase" and erasing.is_valid():
        try:
            return _erase(request, person)
        except ErasureRefused as error:
            form.add_error(None, str(error))
    return staff_page(request, "admin/accounts/personal_data.html", _context(form, erasing, person))


def _context(form: PersonForm, erasing: ErasingForm, person: Person | None) -> dict[str, Any]:
    context: dict[str, Any] = {
        "title": _("Personal data"),
        "form": form,
        "erasing": erasing,
        "erasures": Erasure.objects.select_related("erased_by")[:ERASURES_SHOWN],
        "person": person,
    }
    if person is not None:
        held = [
            (holding.title, len(person.keys(holding.model)), holding.erase == "keep")
            for holding in holdings()
            if holding.title
        ]
        context |= {
            "held": [one for one in held if one[1]],
            "refusals": erasure_preview(person).refusals,
            "account": User.objects.filter(pk=person.user_id).first() if person.user_id else None,
        }
    return context


def _person(form: PersonForm) -> Person | None:
    who = form.cleaned_data["who"].strip()
    try:
        return person_by_email(who) if "@" in who else person_by_reference(who)
    except PersonUnknown as error:
        form.add_error("who", str(error))
        return None


def _download(request: HttpRequest, person: Person) -> HttpResponse:
    at = timezone.now()
    logger.info("person_exported", actor_id=request.user.pk, user_id=person.user_id)
    response = HttpResponse(person_archive(person, at=at), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{archive_name(at)}"'
    return response


def _erase(request: HttpRequest, person: Person) -> HttpResponse:
    assert isinstance(request.user, User)
    report = person_erase(person, actor=request.user)
    logger.info("person_erased", actor_id=request.user.pk, erasure=str(report.uid))
    messages.success(
        request,
        gettext("Erased: %(count)d rows. Written down as %(uid)s.")
        % {"count": sum(report.rows.values()), "uid": report.uid},
    )
    return redirect("admin:personal-data")


def may_see(request: HttpRequest) -> bool:
    """Superusers alone."""
    return bool(getattr(request.user, "is_superuser", False)) and request.user.is_active


def register() -> None:
    """Add the page to the administration."""
    staff_page_register(
        key="personal-data",
        title=_("Personal data"),
        order=85,
        path="personal-data/",
        view=personal_data,
        allowed=may_see,
    )
