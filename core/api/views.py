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

from core.cache.report import EVENTS, cache_report

NUMBER = {"type": "integer"}
RATE = {"type": "number", "nullable": True, "description": "0 to 1; null where nothing was read"}
COUNTED = {
    "type": "object",
    "properties": {"reads": NUMBER, "hit_rate": RATE} | dict.fromkeys(EVENTS, NUMBER),
}
CACHE_REPORT = {
    "type": "object",
    "properties": {
        "process": NUMBER,
        "since": {"type": "string", "format": "date-time", "nullable": True},
        "server": {
            "type": "object",
            "nullable": True,
            "properties": dict.fromkeys(("used_bytes", "max_bytes", "keys", "evicted_keys"), NUMBER),
        },
        "server_errors": NUMBER,
        "server_skipped": NUMBER,
        "namespaces": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "ttl_seconds": NUMBER,
                    "all": COUNTED,
                    "here": COUNTED,
                    "entries_here": NUMBER,
                    "bytes_here": NUMBER,
                },
            },
        },
    },
}
COUNTED_EXAMPLE = {
    "reads": 9_640,
    "hit_rate": 0.9954,
    "hits_local": 9_420,
    "hits_shared": 170,
    "waits": 6,
    "misses": 44,
    "bypasses": 3,
    "refreshes": 2,
    "errors": 0,
    "evictions": 0,
    "stored": 46,
    "stored_bytes": 301_432,
    "raw_bytes": 1_400_210,
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
    """How often the cache helped, in all processes and in the one that answers."""

    permission_classes = (IsAdminUser,)

    @extend_schema(
        operation_id="cache_stats",
        summary="Read how often the cache helped",
        description=(
            "For staff. By kind of data: reads answered from memory (`hits_local`), from the cache server "
            "(`hits_shared`) and by what another reader was computing (`waits`), `misses`, `errors`, `evictions`, and "
            "what was stored; `all` processes together, a few seconds old, and the one that answers (`here`) with what "
            "it holds in its memory. Without a cache server `server` is null and `all` is this process alone."
        ),
        tags=["system"],
        responses={200: CACHE_REPORT},
        examples=[
            OpenApiExample(
                "One kind of data",
                value={
                    "process": 4711,
                    "since": "2027-03-01T06:00:00+00:00",
                    "server": {"used_bytes": 12_480_112, "max_bytes": 0, "keys": 2_210, "evicted_keys": 0},
                    "server_errors": 0,
                    "server_skipped": 0,
                    "namespaces": [
                        {
                            "name": "availability",
                            "ttl_seconds": 300,
                            "all": COUNTED_EXAMPLE,
                            "here": COUNTED_EXAMPLE,
                            "entries_here": 41,
                            "bytes_here": 182_001,
                        }
                    ],
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        return Response(cache_report().as_dict(), headers={"Cache-Control": "private, no-store"})
