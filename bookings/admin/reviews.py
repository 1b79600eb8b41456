"""The moderation queue, replies, and what readers report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from bookings.models import ReportStatus, Review, ReviewReport, ReviewStatus
from bookings.services.reviews import (
    REPLY_MAX_LENGTH,
    report_decide,
    review_moderate,
    review_reply_set,
)
from core.admin import ReadOnlyAdmin, each_in_turn, form_page, form_refused
from core.exceptions import DomainError
from inventory.admin.filters import PropertyFilter


class DecisionForm(forms.Form):
    """Publish, or say why not."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("publish", _("Publish it")), ("reject", _("Keep it back, or take it off"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why not"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReplyForm(forms.Form):
    """The property's one reply."""

    reply = forms.CharField(
        label=_("Reply of the house"),
        max_length=REPLY_MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Everybody reads it below the review. Empty: no reply."),
    )


class ReportDecisionForm(forms.Form):
    """What becomes of the review."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("dismiss", _("The review stays")), ("uphold", _("Take the review down"))),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_("When the review goes, its author reads it."),
    )


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """Reviews are written by guests; staff decide on them and answer."""

    list_display = ("title_shown", "property", "score", "status", "language", "submitted_at", "has_reply")
    list_filter = ("status", PropertyFilter, "language")
    list_select_related = ("property",)
    search_fields = ("title", "text", "=booking__reference")
    ordering = ("-submitted_at", "-id")
    actions = ("publish",)
    fields = (
        "booking", "property", "status", "author_name", "author_country", "language", "title", "text", "score",
        "cleanliness", "comfort", "location", "staff", "value", "submitted_at", "published_at", "moderated_by",
        "moderated_at", "rejection_reason", "reply", "reply_by", "replied_at",
    )  # fmt: skip
    change_form_template = "admin/bookings/review/change_form.html"

    @admin.display(description=_("review"), ordering="title")
    def title_shown(self, review: Review) -> str:
        return review.title or review.text[:60] or "–"

    @admin.display(description=_("answered"), boolean=True)
    def has_reply(self, review: Review) -> bool:
        return bool(review.reply)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Review]:
        rows: models.QuerySet[Review] = super().get_queryset(request)
        return rows.select_related("property", "booking", "moderated_by", "reply_by")

    @admin.action(description=_("Publish the chosen reviews"), permissions=["moderate"])
    def publish(self, request: HttpRequest, rows: models.QuerySet[Review]) -> None:
        """Publish each review as it was when the list was shown."""
        done = each_in_turn(
            self,
            request,
            self.operable(request, "review_moderate", rows),
            lambda review: review_moderate(
                review_id=review.pk, is_published=True, version=review.version, actor=actor_of(request)
            ),
        )
        self.message_user(request, gettext("Published: %(count)d") % {"count": done}, messages.SUCCESS)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return self.operation_allowed(request, "review_moderate")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:review_id>/decide/", view(self.decide), name="bookings_review_decide"),
            path("<int:review_id>/reply/", view(self.reply), name="bookings_review_reply"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer what the user may do with the review."""
        review = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if review is not None:
            context = {
                "may_decide": review.status != ReviewStatus.WITHDRAWN
                and self.operation_allowed(request, "review_moderate", review),
                "may_reply": review.status == ReviewStatus.PUBLISHED
                and self.operation_allowed(request, "review_reply", review),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def decide(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """Publish the review, or keep it back."""
        review = self._review(request, review_id, "review_moderate")
        form = DecisionForm(request.POST or None, initial={"version": review.version})
        if form.is_valid():
            values = form.cleaned_data
            try:
                review_moderate(
                    review_id=review.pk,
                    is_published=values["decision"] == "publish",
                    reason=values["reason"],
                    version=values["version"],
                    actor=actor_of(request),
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                self.message_user(request, gettext("The decision is noted."), messages.SUCCESS)
                return redirect(self.change_url(review.pk))
        return form_page(
            self,
            request,
            form=form,
            title=_("Publish this review?"),
            submit_label=_("Decide"),
            original=review,
        )

    def reply(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """Answer the review."""
        review = self._review(request, review_id, "review_reply")
        form = ReplyForm(request.POST or None, initial={"reply": review.reply})
        if request.method == "POST" and form.is_valid():
            try:
                review_reply_set(
                    review_id=review.pk, text=form.cleaned_data["reply"], actor=actor_of(request)
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                self.message_user(request, gettext("The reply is saved."), messages.SUCCESS)
                return redirect(self.change_url(review.pk))
        return form_page(
            self, request, form=form, title=_("Reply"), submit_label=_("Save the reply"), original=review
        )

    def _review(self, request: HttpRequest, review_id: int, operation: str) -> Review:
        review = self.get_queryset(request).filter(pk=review_id).first()
        if review is None:
            raise Http404
        if not self.operation_allowed(request, operation, review):
            raise PermissionDenied
        return review


@admin.register(ReviewReport)
class ReviewReportAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """What readers object to, until it is decided."""

    property_path = "review__property"
    list_display = ("review", "reason", "status", "created_at")
    list_filter = ("status", "reason")
    list_select_related = ("review",)
    search_fields = ("text", "review__title")
    ordering = ("-created_at", "-id")
    fields = (
        "review", "reason", "text", "user", "status", "created_at", "decided_by", "decided_at", "decision_note",
    )  # fmt: skip
    change_form_template = "admin/bookings/reviewreport/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ReviewReport]:
        rows: models.QuerySet[ReviewReport] = super().get_queryset(request)
        return rows.select_related("review__property", "user", "decided_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        decide = path("<int:report_id>/decide/", view(self.decide), name="bookings_reviewreport_decide")
        return [decide, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer the decision."""
        report = self.get_object(request, object_id)
        may_decide = (
            report is not None
            and report.status == ReportStatus.OPEN
            and self.operation_allowed(request, "review_moderate", report)
        )
        context = {"may_decide": may_decide, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def decide(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """Take the review down, or let it stay."""
        report = self.get_queryset(request).filter(pk=report_id).first()
        if report is None:
            raise Http404
        if not self.operation_allowed(request, "review_moderate", report):
            raise PermissionDenied
        form = ReportDecisionForm(request.POST or None)
        if form.is_valid():
            try:
                report_decide(
                    report_id=report.pk,
                    is_upheld=form.cleaned_data["decision"] == "uphold",
                    note=form.cleaned_data["note"],
                    actor=actor_of(request),
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                self.message_user(request, gettext("The decision is noted."), messages.SUCCESS)
                return redirect(self.change_url(report.pk))
        return form_page(
            self,
            request,
            form=form,
            title=_("What becomes of the review?"),
            submit_label=_("Decide"),
            original=report,
        )
