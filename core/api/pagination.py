"""Lists come in pages, always."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

PAGE_SIZE = 20
PAGE_SIZE_MAX = 100


def _positive(request: Request, name: str, default: int) -> int:
    """A query parameter as a whole number from 1. Raises `ValidationError`."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= 1):
        raise ValidationError({name: [_("A whole number from 1 is needed.")]}, code="invalid_number")
    return int(text)


class PagePagination(pagination.PageNumberPagination):
    """Numbered pages of 20, or `page_size` up to 100: more is cut to 100. Nonsense is a 400, no such page a 404."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = PAGE_SIZE_MAX
    page_query_description = "Number of the page, from 1."
    page_size_query_description = "Results per page, at most 100; more is cut to 100."

    def get_page_size(self, request: Request) -> int:
        return min(_positive(request, "page_size", PAGE_SIZE), PAGE_SIZE_MAX)

    def get_page_number(self, request: Request, paginator: Paginator[Any]) -> int:
        return _positive(request, "page", 1)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        bounds = {"page": {"minimum": 1, "default": 1}, "page_size": {"minimum": 1, "default": PAGE_SIZE}}
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"] |= bounds[parameter["name"]]
        return parameters


class NewestFirstPagination(pagination.CursorPagination):
    """Pages by cursor, newest first: for lists that grow while they are read, and for those too long to count."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = PAGE_SIZE_MAX
    ordering: tuple[str, ...] = ("-created_at", "-pk")

    def get_page_size(self, request: Request) -> int:
        return min(_positive(request, "page_size", PAGE_SIZE), PAGE_SIZE_MAX)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound as error:
            raise ValidationError(
                {"cursor": [_("This is not a cursor of ours.")]}, code="invalid_cursor"
            ) from error
