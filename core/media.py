"""The web processes hand out pictures, and make the sizes of them that are missing."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from core.exceptions import NotFound
from core.pictures import SIZED_FOLDER, picture_is_immutable, picture_sized

FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


@require_safe
def media_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file below `MEDIA_ROOT`; for good if its name carries a digest, else for a day. No query.

    Where a proxy hands out the files (`SERVE_MEDIA=false`) it passes on what it does not find, and only the sizes of
    pictures are answered here.
    """
    if path.startswith(SIZED_FOLDER):
        try:
            picture_sized(name=path)
        except NotFound as error:
            raise Http404 from error
    elif not settings.SERVE_MEDIA:
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = FOREVER if picture_is_immutable(path) else A_DAY
    return response
