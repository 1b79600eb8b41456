"""Requests and copies of the database: which may be answered from one, and what their client has written."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from core.replicas.positions import primary_position, replica_aliases
from core.replicas.reading import replica_reads, writes_watched
from core.replicas.remembering import position_remember, position_remembered

logger = structlog.get_logger(__name__)


class ReplicaMiddleware:
    """Lets the views of `REPLICA_VIEWS` read from a copy, and remembers who wrote. Absent where there are no copies.

    One query on the primary after a request that wrote.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not replica_aliases():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        block = replica_reads(lambda: position_remembered(request)) if _may(request) else writes_watched()
        with block as reading:
            response = self.get_response(request)
        if reading.written:
            try:
                position_remember(request, response, primary_position())
            except Error as error:  # it is written all the same; the answer must not be lost for this
                logger.warning("primary_position_unknown", error=type(error).__name__)
        return response


def _may(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).view_name in settings.REPLICA_VIEWS
    except Resolver404:
        return False
