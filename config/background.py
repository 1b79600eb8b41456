"""The administration of what happens beside requests: effects, for the houses they belong to, and scheduled jobs.

It stands here because it needs both core's rows, which know no house, and the houses' staff and filters.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, access_of, actor_of
from core.admin import ReadOnlyAdmin, form_page, form_refused
from core.exceptions import DomainError
from core.models import Effect, EffectStatus, ScheduledJob
from core.outbox import effect_kinds
from core.outbox.redriving import effects_discard, effects_redrive
from core.schedule import job_request, scheduled_jobs
from core.schedule.states import JobState, job_state
from inventory.admin.filters import PropertyFilter

SHORT_REASON = 80


class KindFilter(admin.SimpleListFilter):
    """By kind, named in words; the choices come from the code and cost no query."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in effect_kinds().values()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Effect]) -> models.QuerySet[Effect]:
        return queryset if self.value() is None else queryset.filter(kind=self.value())


class DiscardForm(forms.Form):
    """Why a dead letter need not be done."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@admin.register(Effect)
class EffectAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """What is to be done, what is being done and how far, and what was given up and why."""

    property_path = "property_id"
    list_display = (
        "id",
        "kind_shown",
        "status",
        "progress",
        "reason_short",
        "attempts",
        "due_at",
        "finished_at",
        "queue",
    )
    list_filter = ("status", "queue", KindFilter, PropertyFilter)
    search_fields = ("=dedup_key", "=ordering_key", "=request_id")
    search_help_text = _("Dedup key, ordering key or request id, in full.")
    ordering = ("-id",)
    sortable_by = ("id",)
    actions = ("redrive",)
    change_form_template = "admin/core/effect/change_form.html"
    fields = (
        "kind_shown",
        "status",
        "queue",
        "progress",
        "dedup_key",
        "ordering_key",
        "request_id",
        "attempts",
        "interruptions",
        "last_error",
        "created_at",
        "wanted_at",
        "due_at",
        "started_at",
        "leased_until",
        "finished_at",
    )

    def property_id_of(self, row: models.Model | None) -> int | None:
        """The property whose staff may see it."""
        return row.property_id if isinstance(row, Effect) else None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show superusers the payload too: it may name people."""
        return (*self.fields, "payload") if access_of(request).is_unlimited else self.fields

    @admin.display(description=_("kind"))
    def kind_shown(self, effect: Effect) -> str:
        known = effect_kinds().get(effect.kind)
        return str(known.label) if known else effect.kind

    @admin.display(description=_("progress"))
    def progress(self, effect: Effect) -> str:
        if not effect.progress_done and effect.progress_total is None:
            return effect.progress_note
        done = number_format(effect.progress_done, force_grouping=True)
        if effect.progress_total is not None:
            total = number_format(effect.progress_total, force_grouping=True)
            done = gettext("%(done)s of %(total)s") % {"done": done, "total": total}
        return f"{done} · {effect.progress_note}" if effect.progress_note else done

    @admin.display(description=_("reason"))
    def reason_short(self, effect: Effect) -> str:
        return (
            effect.last_error
            if len(effect.last_error) <= SHORT_REASON
            else f"{effect.last_error[:SHORT_REASON]}…"
        )

    def has_redrive_permission(self, request: HttpRequest) -> bool:
        return self.operation_allowed(request, "effect_redrive")

    @admin.action(description=_("Try the dead ones again"), permissions=["redrive"])
    def redrive(self, request: HttpRequest, rows: models.QuerySet[Effect]) -> None:
        ids = list(self.operable(request, "effect_redrive", rows).values_list("pk", flat=True))
        number = effects_redrive(ids=ids, actor=str(actor_of(request).pk))
        text = ngettext("%(number)d is due again.", "%(number)d are due again.", number) % {"number": number}
        self.message_user(request, text, messages.SUCCESS if number else messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:effect_id>/redrive/", view(self.redrive_page), name="core_effect_redrive"),
            path("<int:effect_id>/discard/", view(self.discard_page), name="core_effect_discard"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer another try and the bin for what is dead."""
        effect = self.get_object(request, object_id)
        is_dead = effect is not None and effect.status == EffectStatus.DEAD
        may = is_dead and self.operation_allowed(request, "effect_redrive", effect)
        return super().change_view(
            request, object_id, form_url, {"may_redrive": may, **(extra_context or {})}
        )

    def redrive_page(self, request: HttpRequest, effect_id: int) -> HttpResponse:
        """Make one dead letter due again, once confirmed."""
        effect = self._operable_or_404(request, effect_id)
        if request.method == "POST":
            self.redrive(request, self.get_queryset(request).filter(pk=effect_id))
            return redirect(self.change_url(effect_id))
        title, label = _("Try again"), _("Try again")
        return form_page(self, request, form=forms.Form(), title=title, submit_label=label, original=effect)

    def discard_page(self, request: HttpRequest, effect_id: int) -> HttpResponse:
        """Decide that one dead letter need not be done, and say why."""
        effect = self._operable_or_404(request, effect_id)
        form = DiscardForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                effects_discard(
                    ids=[effect_id], reason=form.cleaned_data["reason"], actor=str(actor_of(request))
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                self.message_user(request, _("It was discarded."), messages.SUCCESS)
                return redirect(self.change_url(effect_id))
        title, label = _("Discard"), _("Discard")
        return form_page(self, request, form=form, title=title, submit_label=label, original=effect)

    def _operable_or_404(self, request: HttpRequest, effect_id: int) -> Effect:
        effect: Effect | None = self.get_queryset(request).filter(pk=effect_id).first()
        if effect is None:
            raise Http404
        if not self.operation_allowed(request, "effect_redrive", effect):
            raise PermissionDenied
        return effect


@admin.register(ScheduledJob)
class ScheduledJobAdmin(ReadOnlyAdmin):
    """What runs when, for superusers: when it last succeeded, and what has missed its time."""

    list_display = (
        "label",
        "state",
        "last_succeeded_at",
        "last_duration_ms",
        "times",
        "last_failed_at",
        "last_error",
        "failures_in_a_row",
        "result_shown",
    )
    ordering = ("name",)
    sortable_by = ()
    actions = ("run_soon",)
    fields = (
        "label",
        "name",
        "state",
        "times",
        "last_started_at",
        "last_succeeded_at",
        "last_duration_ms",
        "result_shown",
        "last_failed_at",
        "failures_in_a_row",
        "last_error",
    )

    @admin.display(description=_("job"))
    def label(self, record: ScheduledJob) -> str:
        job = scheduled_jobs().get(record.name)
        return str(job.label) if job else record.name

    @admin.display(description=_("times (UTC)"))
    def times(self, record: ScheduledJob) -> str:
        job = scheduled_jobs().get(record.name)
        return job.times if job else ""

    @admin.display(description=_("state"))
    def state(self, record: ScheduledJob) -> str:
        job = scheduled_jobs().get(record.name)
        return str(JobState(job_state(job, record)).label) if job else gettext("no longer scheduled")

    @admin.display(description=_("last result"))
    def result_shown(self, record: ScheduledJob) -> str:
        result = record.last_result
        if isinstance(result, dict):
            return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.items())
        return "" if result is None else str(result)

    def has_run_permission(self, request: HttpRequest) -> bool:
        return access_of(request).is_unlimited

    @admin.action(description=_("Run soon"), permissions=["run"])
    def run_soon(self, request: HttpRequest, rows: models.QuerySet[ScheduledJob]) -> None:
        names = [record.name for record in rows if record.name in scheduled_jobs()]
        for name in names:
            job_request(name)
        text = ngettext("%(number)d job will run.", "%(number)d jobs will run.", len(names)) % {
            "number": len(names)
        }
        self.message_user(request, text, messages.SUCCESS if names else messages.WARNING)
