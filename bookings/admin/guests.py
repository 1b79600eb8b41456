"""Guests across their stays: found, described, and merged where two profiles are one person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedForm, actor_of
from bookings.models import Guest
from bookings.selectors.guests import guest_figures, guest_merge_is_undone, guest_merges, guest_summary
from bookings.services.guest_profiles import guests_merge, guests_merge_undo
from core.admin import form_page
from core.countries import country_choices
from core.exceptions import DomainError
from inventory.admin.filters import PropertyFilter
from inventory.models import RoomFeature


class GuestForm(PropertyScopedForm):
    """What staff know of a guest."""

    country = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices)
    wishes = forms.MultipleChoiceField(
        label=_("Wishes"),
        required=False,
        choices=RoomFeature,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Rooms are assigned by them where possible."),
    )


@admin.register(Guest)
class GuestAdmin(PropertyScopedAdmin):
    form = GuestForm
    list_display = ("name", "email", "phone", "country", "is_vip", "property", "stays_count")
    list_filter = (PropertyFilter, "is_vip")
    list_select_related = ("property",)
    search_fields = ("name", "email", "phone")
    ordering = ("name", "id")
    sortable_by = ("name",)
    autocomplete_fields = ("property",)
    fields = ("property", "name", "email", "phone", "country", "language", "is_vip", "wishes", "notes")
    change_form_template = "admin/bookings/guest/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Guest]:
        rows: models.QuerySet[Guest] = super().get_queryset(request)
        return rows.annotate(stays_total=models.Count("bookings")).select_related("property", "merged_into")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("property",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A profile that was merged is history."""
        is_living = obj is None or obj.merged_into_id is None
        return is_living and super().has_change_permission(request, obj)

    @admin.display(description=_("bookings"))
    def stays_count(self, guest: Any) -> int:
        return int(guest.stays_total)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:kept_id>/merge/<int:merged_id>/", wrap(self.merge), name="bookings_guest_merge"),
            path("<int:kept_id>/unmerge/<int:merge_id>/", wrap(self.unmerge), name="bookings_guest_unmerge"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the stays, the merges, and who may be the same person below the form."""
        guest = self.get_object(request, unquote(object_id))
        context: dict[str, Any] = {}
        if guest is not None:
            context = {
                "summary": guest_summary(guest),
                "merges": guest_merges(guest),
                "may_merge": guest.merged_into_id is None
                and self.operation_allowed(request, "guest_merge", guest),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def merge(self, request: HttpRequest, kept_id: int, merged_id: int) -> HttpResponse:
        """Show both profiles, then make them one."""
        kept, merged = self._guest(request, kept_id), self._guest(request, merged_id)
        if request.method == "POST" and merged.merged_into_id == kept_id:  # the second press of the button
            return redirect(self.change_url(kept_id))
        if request.method == "POST":
            try:
                guests_merge(kept_id=kept_id, merged_id=merged_id, actor=actor_of(request))
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                text = gettext("%(guest)s is one profile now. You can take this back here.") % {"guest": kept}
                self.message_user(request, text, messages.SUCCESS)
            return redirect(self.change_url(kept_id))
        pair = [(guest, guest_figures(guest)) for guest in (kept, merged)]
        return form_page(
            self,
            request,
            form=forms.Form(),
            title=_("Merge two profiles"),
            submit_label=_("Merge"),
            original=kept,
            template="admin/bookings/guest/merge.html",
            context={"pair": pair, "swapped": (merged_id, kept_id)},
        )

    def unmerge(self, request: HttpRequest, kept_id: int, merge_id: int) -> HttpResponse:
        """Ask, then part two profiles that were merged by mistake."""
        kept = self._guest(request, kept_id)
        merge = next((one for one in guest_merges(kept) if one.pk == merge_id), None)
        if merge is None:
            if guest_merge_is_undone(guest=kept, merge_id=merge_id):  # the second press of the button
                return redirect(self.change_url(kept_id))
            raise Http404
        if request.method == "POST":
            try:
                guests_merge_undo(merge_id=merge_id, actor=actor_of(request))
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                text = gettext("%(guest)s has a profile again.") % {"guest": merge.merged}
                self.message_user(request, text, messages.SUCCESS)
            return redirect(self.change_url(kept_id))
        return form_page(
            self,
            request,
            form=forms.Form(),
            title=_("Part the profiles again"),
            submit_label=_("Part the profiles"),
            original=kept,
            template="admin/bookings/guest/unmerge.html",
            context={"merge": merge},
        )

    def _guest(self, request: HttpRequest, guest_id: int) -> Guest:
        guest: Guest | None = self.get_queryset(request).filter(pk=guest_id).first()
        if guest is None:
            raise Http404
        if not self.operation_allowed(request, "guest_merge", guest):
            raise PermissionDenied
        return guest
