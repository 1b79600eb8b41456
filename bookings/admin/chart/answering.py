"""How the chart's pages answer: as a page of their own, or as what a dialog on the chart shows."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from core.staff_pages import staff_page

CHART_NAMES = ("house", "from", "days", "type", "floor", "status", "by", "q")


def is_dialog(request: HttpRequest) -> bool:
    """Whether the chart asks, to show the answer in its dialog."""
    return request.headers.get("HX-Request") == "true"


def chart_address(request: HttpRequest) -> str:
    """The chart that the page was opened from."""
    kept = QueryDict(mutable=True)
    for name in CHART_NAMES:
        if request.GET.get(name):
            kept[name] = request.GET[name]
    return f"{reverse('admin:chart')}?{kept.urlencode()}"


def part_page(
    request: HttpRequest, part: str, context: dict[str, Any], *, status: int | None = None
) -> HttpResponse:
    """The page of the template ``admin/chart/parts/<part>.html``."""
    values = {"part": f"admin/chart/parts/{part}.html", "back": chart_address(request), **context}
    kept = [(name, request.GET[name]) for name in (*CHART_NAMES, "night") if request.GET.get(name)]
    values |= {"here": request.path, "address": request.get_full_path(), "kept": kept}
    values["is_dialog"] = is_dialog(request)
    if is_dialog(request):  # htmx shows only what came with success
        return staff_page(request, f"admin/chart/parts/{part}.html", values)
    return staff_page(request, "admin/chart/part_page.html", values, status=status or HTTPStatus.OK)


def done(request: HttpRequest, text: str) -> HttpResponse:
    """Say what was done: on the chart that is open, or on the one that comes next."""
    if is_dialog(request):
        told = {"toast": {"message": text}, "chart-changed": True}
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Trigger": json.dumps(told)})
    messages.success(request, text)
    return redirect(chart_address(request))
