"""Addresses of reports in the administration."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from reports.questions import Question
from reports.types import Drill


def report_address(question: Question) -> str:
    """Return the permanent address of a report with its filters."""
    query = question.as_address()
    address = reverse("admin:report", args=[question.report])
    return f"{address}?{query}" if query else address


def drill_address(key: str, drill: Drill) -> str:
    """Return where the bookings behind a figure are shown."""
    return f"{reverse('admin:report-bookings', args=[key])}?{urlencode(drill.as_query())}"
