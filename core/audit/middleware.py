"""Who asked, for what, from where: what a request tells the triggers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware

from core.api.throttling import client_address
from core.observability.masking import mask_text
from core.observability.middleware import request_id_of

from .context import PLACE_LENGTH

ORIGINS = (("/admin/", "staff"), ("/api/", "api"))
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class AuditMiddleware(HistoryMiddleware):
    """Gives the database the user, the address of the page, the IP address and the request id of each change."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """What is known of a request; secrets in its address are masked.

        Pages for reading are often answered without knowing who asks, so nobody is looked up for them here: the user
        is added when a view asks for one.
        """
        name = "_cached_user" if request.method in READING else "user"
        return {
            "user": getattr(getattr(request, name, None), "pk", None),
            "origin": next((origin for start, origin in ORIGINS if request.path.startswith(start)), "page"),
            "url": mask_text(f"{request.method} {request.path}")[:PLACE_LENGTH],
            "ip": client_address(request),
            "request_id": request_id_of(request),
        }
