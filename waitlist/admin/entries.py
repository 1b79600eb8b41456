"""Who waits: the queue of a property, moved and served by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from core.admin import ReadOnlyAdmin, form_page, form_refused
from core.exceptions import DomainError
from core.money import format_money
from inventory.admin.filters import PropertyFilter, RoomTypeFilter
from waitlist.models import WaitlistEntry
from waitlist.querysets import QUEUE_ORDER, WaitlistEntryQuerySet
from waitlist.selectors.history import entry_offers, entry_priority_history
from waitlist.services import entry_prioritise, offer_make_by_hand, offerable_to_entry
from waitlist.transitions import ACTIVE_STATUSES, EntryStatus

from .forms import OfferForm, PriorityForm


class NightWantedFilter(admin.SimpleListFilter):
    """By the nights one might take, flexibility counted."""

    title = _("night")
    parameter_name = "night"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", _("Today")), ("week", _("Next 7 days")), ("month", _("Next 30 days"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        days = {"today": 1, "week": 7, "month": 30}.get(self.value() or "")
        if days is None:
            return queryset
        today, entries = timezone.localdate(), cast(WaitlistEntryQuerySet, queryset)
        return entries.arriving_until(today + timedelta(days=days - 1)).leaving_after(today)


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    services_commit = True
    list_display = (
        "reference",
        "guest_name",
        "property",
        "room_shown",
        "arrival",
        "departure",
        "flexible_shown",
        "rooms",
        "party",
        "max_total_shown",
        "status",
        "priority",
        "queued_at",
    )
    list_filter = ("status", PropertyFilter, RoomTypeFilter, NightWantedFilter)
    list_select_related = ("property", "room_type")
    search_fields = ("=reference", "guest_name", "guest_email")
    date_hierarchy = "arrival"
    ordering = QUEUE_ORDER
    sortable_by = ("arrival", "departure", "queued_at", "priority")
    change_form_template = "admin/waitlist/waitlistentry/change_form.html"
    fieldsets = (
        (None, {"fields": ("reference", "status", "property", "room_shown", "arrival", "departure")}),
        (_("Wish"), {"fields": ("flexible_shown", "rooms", "party", "max_total_shown")}),
        (_("Guest"), {"fields": ("guest_name", "guest_email", "guest_phone", "language", "user")}),
        (_("Queue"), {"fields": ("priority", "priority_reason", "queued_at", "created_at", "ended_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[WaitlistEntry]:
        return super().get_queryset(request).select_related("property", "room_type", "user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return tuple(name for _title, options in self.fieldsets for name in options["fields"])

    @admin.display(description=_("room type"))
    def room_shown(self, entry: WaitlistEntry) -> str:
        return str(entry.room_type) if entry.room_type else gettext("any")

    @admin.display(description=_("flexible by"))
    def flexible_shown(self, entry: WaitlistEntry) -> str:
        days = entry.flexible_days
        return ngettext("± %(count)d day", "± %(count)d days", days) % {"count": days} if days else "–"

    @admin.display(description=_("guests"))
    def party(self, entry: WaitlistEntry) -> str:
        adults = ngettext("%(count)d adult", "%(count)d adults", entry.adults) % {"count": entry.adults}
        ages = ", ".join(str(age) for age in entry.children_ages)
        return f"{adults}, {gettext('children')}: {ages}" if ages else adults

    @admin.display(description=_("highest total"))
    def max_total_shown(self, entry: WaitlistEntry) -> str:
        return "–" if entry.max_total is None else format_money(entry.max_total, entry.currency)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path("<int:entry_id>/offer/", view(self.offer), name="waitlist_waitlistentry_offer"),
            path("<int:entry_id>/priority/", view(self.priority), name="waitlist_waitlistentry_priority"),
        ]
        return [*ours, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show offers and what was done in the queue below, and what can be done above."""
        entry = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if entry is not None:
            context = {
                "offers": entry_offers(entry=entry),
                "changes": entry_priority_history(entry=entry),
                "operations": self.tools(request, entry),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def tools(self, request: HttpRequest, entry: WaitlistEntry) -> list[dict[str, Any]]:
        """What the user may do with the entry now: addresses and labels."""
        tools = []
        may_offer = self.operation_allowed(request, "waitlist_offer", entry)
        if entry.status == EntryStatus.WAITING and may_offer:
            url = reverse("admin:waitlist_waitlistentry_offer", args=[entry.pk])
            tools.append({"url": url, "label": _("Offer a room")})
        may_prioritise = self.operation_allowed(request, "waitlist_prioritise", entry)
        if entry.status in ACTIVE_STATUSES and may_prioritise:
            url = reverse("admin:waitlist_waitlistentry_priority", args=[entry.pk])
            tools.append({"url": url, "label": _("Move in the queue")})
        return tools

    def priority(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Ask where in the queue and why, and move the entry."""
        entry = self._entry(request, entry_id, "waitlist_prioritise")
        initial = {"priority": entry.priority, "reason": entry.priority_reason}
        form = PriorityForm(request.POST or None, initial=initial)
        if form.is_valid():
            try:
                entry_prioritise(entry_id=entry.pk, actor=actor_of(request), **form.cleaned_data)
            except DomainError as error:
                form_refused(form, error)
            else:
                return self._done(request, entry, gettext("%(entry)s has its new place in the queue."))
        label = _("Move in the queue")
        return form_page(self, request, form=form, title=label, submit_label=label, original=entry)

    def offer(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Show the stays that fit with their prices, or what stands in the way, and offer the one that is chosen."""
        entry = self._entry(request, entry_id, "waitlist_offer")
        offerable = offerable_to_entry(entry=entry)
        form = OfferForm(request.POST or None, fits=offerable.fits)
        if form.is_valid():
            try:
                offer_make_by_hand(entry_id=entry.pk, fit=form.chosen, actor=actor_of(request))
            except DomainError as error:
                form_refused(form, error)
            else:
                return self._done(
                    request, entry, gettext("A room is kept for %(entry)s, and a mail is on its way.")
                )
        return form_page(
            self,
            request,
            form=form,
            title=_("Offer a room"),
            submit_label=_("Hold the room and write to the guest"),
            original=entry,
            template="admin/waitlist/waitlistentry/offer.html",
            context={"entry": entry, "offerable": offerable},
        )

    def _done(self, request: HttpRequest, entry: WaitlistEntry, text: str) -> HttpResponse:
        self.message_user(request, text % {"entry": entry}, messages.SUCCESS)
        return redirect(self.change_url(entry.pk))

    def _entry(self, request: HttpRequest, entry_id: int, permission: str) -> WaitlistEntry:
        """The entry, if the user may do this with it. Raises 404 for one they may not see."""
        entry: WaitlistEntry | None = self.get_queryset(request).filter(pk=entry_id).first()
        if entry is None:
            raise Http404
        if not self.operation_allowed(request, permission, entry):
            raise PermissionDenied
        return entry
