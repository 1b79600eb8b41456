"""What was offered to who waits, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from core.admin import ReadOnlyAdmin, form_page, form_refused
from core.exceptions import DomainError
from core.money import format_money
from inventory.admin.filters import PropertyFilter
from waitlist.models import WaitlistOffer
from waitlist.services import offer_withdraw
from waitlist.transitions import OfferStatus

from .forms import ReasonForm


@admin.register(WaitlistOffer)
class WaitlistOfferAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    services_commit = True
    property_path = "entry__property"
    list_display = (
        "reference",
        "guest",
        "house",
        "room_type",
        "arrival",
        "departure",
        "total_shown",
        "status",
        "expires_at",
        "outcome",
    )
    list_filter = ("status", PropertyFilter)
    search_fields = ("=reference", "=entry__reference", "entry__guest_name", "=booking__reference")
    sortable_by = ("expires_at",)
    ordering = ("-id",)
    change_form_template = "admin/waitlist/waitlistoffer/change_form.html"
    fields = (
        "reference",
        "status",
        "entry",
        "booking",
        "house",
        "room_type",
        "arrival",
        "departure",
        "total_shown",
        "created_at",
        "expires_at",
        "answered_at",
        "made_by",
        "outcome",
        "outcome_note",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[WaitlistOffer]:
        rows = super().get_queryset(request)
        return rows.select_related("entry__property", "booking__room_type", "made_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("guest"))
    def guest(self, offer: WaitlistOffer) -> str:
        return offer.entry.guest_name

    @admin.display(description=_("property"))
    def house(self, offer: WaitlistOffer) -> str:
        return str(offer.entry.property)

    @admin.display(description=_("room type"))
    def room_type(self, offer: WaitlistOffer) -> str:
        return str(offer.booking.room_type)

    @admin.display(description=_("arrival"))
    def arrival(self, offer: WaitlistOffer) -> Any:
        return offer.booking.arrival

    @admin.display(description=_("departure"))
    def departure(self, offer: WaitlistOffer) -> Any:
        return offer.booking.departure

    @admin.display(description=_("total"))
    def total_shown(self, offer: WaitlistOffer) -> str:
        return format_money(offer.total, offer.currency)

    @admin.display(description=_("booking now"))
    def outcome(self, offer: WaitlistOffer) -> str:
        return offer.booking.get_status_display()

    def get_urls(self) -> list[URLPattern]:
        withdraw = self.admin_site.admin_view(self.withdraw)
        ours = [path("<int:offer_id>/withdraw/", withdraw, name="waitlist_waitlistoffer_withdraw")]
        return [*ours, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Say above what can be done."""
        offer = self.get_object(request, object_id)
        operations = []
        if (
            offer is not None
            and offer.status == OfferStatus.OPEN
            and self.operation_allowed(request, "waitlist_offer", offer)
        ):
            url = reverse("admin:waitlist_waitlistoffer_withdraw", args=[offer.pk])
            operations.append({"url": url, "label": _("Take it back")})
        context = {"operations": operations, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def withdraw(self, request: HttpRequest, offer_id: int) -> HttpResponse:
        """Ask why, and take the offer back."""
        offer: WaitlistOffer | None = self.get_queryset(request).filter(pk=offer_id).first()
        if offer is None:
            raise Http404
        if not self.operation_allowed(request, "waitlist_offer", offer):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if form.is_valid():
            try:
                offer_withdraw(offer_id=offer.pk, actor=actor_of(request), reason=form.cleaned_data["reason"])
            except DomainError as error:
                form_refused(form, error)
            else:
                text = gettext("%(offer)s is taken back; the guest waits on.") % {"offer": offer}
                self.message_user(request, text, messages.SUCCESS)
                return redirect(self.change_url(offer.pk))
        label = _("Take the offer back")
        return form_page(self, request, form=form, title=label, submit_label=label, original=offer)
