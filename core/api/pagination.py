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
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.api.keysets import CURSOR_MAX_LENGTH, Keyset

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


class LongListPagination(PagePagination):
    """Numbered pages, or by cursor: `cursor=` begins, and each answer's `next` goes on behind its last row.

    A cursor costs one query that reads its page and nothing before it, so the last page of a long list is as fast as
    the first, and rows that come or go meanwhile neither repeat others nor hide them. Nothing is counted, so `count` is
    null, there is no way back, and `page` is ignored. The list's order has to end with the key.
    """

    keyset_next: str | None = None
    is_by_cursor = False

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> Any:
        cursor = request.query_params.get("cursor")
        if cursor is None or not isinstance(queryset, QuerySet):
            return super().paginate_queryset(queryset, request, view)
        self.is_by_cursor = True
        size = self.get_page_size(request)
        keyset = Keyset.of(queryset)
        rows = list((keyset.after(queryset, cursor) if cursor else queryset)[: size + 1])
        if len(rows) > size:
            rows = rows[:size]
            url = remove_query_param(request.build_absolute_uri(), "page")
            self.keyset_next = replace_query_param(url, "cursor", keyset.cursor(rows[-1]))
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        if not self.is_by_cursor:
            return super().get_paginated_response(data)
        return Response({"count": None, "next": self.keyset_next, "previous": None, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        document: dict[str, Any] = super().get_paginated_response_schema(schema)
        document["properties"]["count"] |= {
            "nullable": True,
            "description": "How many there are in all; null when asked with a cursor.",
        }
        return document

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "required": False,
            "in": "query",
            "description": (
                "For long lists, instead of `page`: empty to begin, then as `next` has it. Nothing is counted; rows "
                "that come or go meanwhile neither repeat others nor hide them."
            ),
            "schema": {"type": "string", "maxLength": CURSOR_MAX_LENGTH},
        }
        return [*super().get_schema_operation_parameters(view), cursor]
