"""Views and their bases that know no domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.cache.stats import stats

COUNTS_BY_NAMESPACE = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}},
}


class PageView(GenericAPIView[Any]):
    """A list that a selector gives, in pages."""

    filter_backends = ()

    def page(self, rows: Sequence[Any] | QuerySet[Any], **context: Any) -> Response:
        """The page of ``rows`` that is asked for, each through the serializer with ``context``."""
        return self.page_response(self.paginate_queryset(rows) or [], **context)

    def page_response(self, rows: Sequence[Any], **context: Any) -> Response:
        """The answer for rows that are a page already."""
        serializer = self.get_serializer_class()(rows, many=True, context=context)
        return self.get_paginated_response(serializer.data)


class CacheStatsView(APIView):
    """How often the cache helped, in the process that answers."""

    permission_classes = (IsAdminUser,)

    @extend_schema(
        operation_id="cache_stats",
        summary="Read how often the cache helped",
        description=(
            "For staff. Counts since the start of the process that answers, by what is cached: hits in its memory "
            "(`hits_local`) and on the cache server (`hits_shared`), `misses`, `waits` for another reader, `errors`."
        ),
        tags=["system"],
        responses={200: COUNTS_BY_NAMESPACE},
        examples=[
            OpenApiExample(
                "Two kinds of data",
                value={
                    "availability": {"hits_local": 512, "hits_shared": 31, "misses": 12},
                    "catalogue": {"hits_local": 2048, "misses": 4},
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        return Response(stats.snapshot())
