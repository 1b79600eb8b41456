"""The pages of a folio that write to it: a free charge, taking a charge off, moving charges to another folio."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.scoping import PropertyScopedAdmin, access_of, actor_of
from core.admin import form_page, form_refused
from core.exceptions import DomainError
from core.formats import format_day
from core.money import format_money
from payments.exceptions import FolioNotFitting
from payments.models import Folio, FolioEntry
from payments.selectors import accounts_open, entries_open, entry_of_folio, folio_find
from payments.services import folio_charge, folio_entries_move, folio_entry_reverse
from payments.subjects import folio_subject

from .forms import ChargeForm, MoveForm, ReverseForm

TOOLS = (
    ("payment_record", "payments_folio_record", _("Record a payment")),
    ("folio_charge", "payments_folio_charge", _("Charge something")),
    ("folio_move", "payments_folio_move", _("Move charges")),
    ("invoice_issue", "payments_invoice_issue", _("Issue an invoice")),
)
"""What can be done with a folio: the operation of the roles' table, the page, and its label."""


def folio_tools(request: HttpRequest, folio: Folio) -> list[dict[str, Any]]:
    """What the user may do with a folio: addresses and labels. No query beyond the user's roles."""
    access = access_of(request)
    return [
        {"url": reverse(f"admin:{name}", args=[folio.pk]), "label": label, "operation": operation}
        for operation, name, label in TOOLS
        if may_with(access, folio.property_id, OPERATION_PERMISSIONS[operation])
    ]


def folio_home(folio: Folio) -> str:
    """The page that shows a folio: its booking's or group's, else its own. One query, two for a group's."""
    subject = folio_subject(folio.pk)
    return (subject.url if subject else "") or reverse("admin:payments_folio_change", args=[folio.pk])


def entry_label(entry: FolioEntry, currency: str) -> str:
    """An entry in a choice: day, what it is, amount."""
    day = entry.stay_date or entry.created_at.date()
    quantity = f"{entry.quantity} × " if entry.quantity > 1 else ""
    return f"{format_day(day)} · {quantity}{entry.description} · {format_money(entry.amount, currency)}"


class PostingPages(PropertyScopedAdmin):
    """Adds the pages to the admin of folios."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:folio_id>/charge/", view(self.charge), name="payments_folio_charge"),
            path("<int:folio_id>/move/", view(self.move), name="payments_folio_move"),
            path(
                "<int:folio_id>/entries/<int:entry_id>/reverse/",
                view(self.reverse_entry),
                name="payments_folioentry_reverse",
            ),
            *super().get_urls(),
        ]

    def charge(self, request: HttpRequest, folio_id: int) -> HttpResponse:
        """Charge something that is in no catalogue."""
        folio = self._folio(request, folio_id, "folio_charge")
        form = ChargeForm(request.POST or None, currency=folio.currency)

        def act() -> str:
            values = form.cleaned_data
            entry = folio_charge(
                folio_id=folio_id,
                description=values["description"],
                amount=values["amount"],
                quantity=values["quantity"],
                stay_date=values["stay_date"],
                taxes=form.taxes(),
                actor=actor_of(request),
                key=values["key"],
            )
            return gettext("%(amount)s was charged.") % {"amount": format_money(entry.amount, folio.currency)}

        return self._page(request, folio, form, act, title=_("Charge something"), label=_("Charge"))

    def reverse_entry(self, request: HttpRequest, folio_id: int, entry_id: int) -> HttpResponse:
        """Take one charge off; the desk may do so with what it has added itself."""
        folio = self._folio(request, folio_id, "extra_add", "folio_reverse")
        entry = entry_of_folio(folio_id=folio_id, entry_id=entry_id)
        if entry is None:
            raise Http404
        form = ReverseForm(request.POST or None)

        def act() -> str:
            values = form.cleaned_data
            folio_entry_reverse(
                entry_id=entry_id, reason=values["reason"], actor=actor_of(request), key=values["key"]
            )
            return gettext("%(what)s was taken off.") % {"what": entry.description}

        title = gettext("Take off: %(what)s") % {"what": entry_label(entry, folio.currency)}
        return self._page(request, folio, form, act, title=title, label=_("Take off"))

    def move(self, request: HttpRequest, folio_id: int) -> HttpResponse:
        """Move charges to the folio of another stay, a group or a company."""
        folio = self._folio(request, folio_id, "folio_move")
        free = [
            entry for entry in entries_open(folio_id=folio_id) if entry.amount > 0 and not entry.part_of_id
        ]
        choices = [(entry.pk, entry_label(entry, folio.currency)) for entry in free]
        form = MoveForm(request.POST or None, choices=choices)

        def act() -> str:
            values = form.cleaned_data
            target = folio_find(property_id=folio.property_id, text=values["target"])
            if target is None:
                raise FolioNotFitting(gettext("There is no such folio in this house."), field="target")
            moved = folio_entries_move(
                entry_ids=values["entries"], target_folio_id=target.pk, actor=actor_of(request)
            )
            total = format_money(sum(entry.amount for entry in moved), folio.currency)
            return gettext("%(amount)s was moved to %(folio)s.") % {"amount": total, "folio": target}

        context = {"accounts": accounts_open(property_id=folio.property_id, except_id=folio_id)}
        return self._page(
            request,
            folio,
            form,
            act,
            title=_("Move charges"),
            label=_("Move"),
            template="admin/payments/folio/move.html",
            context=context,
        )

    def _folio(self, request: HttpRequest, folio_id: int, *operations: str) -> Folio:
        """The folio, if the user may do one of the operations there. Raises 404 for one they may not see."""
        folio: Folio | None = self.get_queryset(request).filter(pk=folio_id).first()
        if folio is None:
            raise Http404
        if not any(self.operation_allowed(request, operation, folio) for operation in operations):
            raise PermissionDenied
        return folio

    def _page(
        self,
        request: HttpRequest,
        folio: Folio,
        form: Any,
        act: Callable[[], str],
        *,
        title: str | Promise,
        label: str | Promise,
        template: str = "admin/form_page.html",
        context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        home = folio_home(folio)
        if request.method == "POST" and form.is_valid():
            try:
                self.message_user(request, act(), messages.SUCCESS)
            except DomainError as error:
                form_refused(form, error)
            else:
                return redirect(home)
        return form_page(
            self,
            request,
            form=form,
            title=title,
            submit_label=label,
            original=folio,
            template=template,
            context={"cancel_url": home, **(context or {})},
        )
