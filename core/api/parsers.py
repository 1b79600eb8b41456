"""Reading request bodies: whatever cannot be read is refused here, before anybody works with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import renderers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser


class BodyTooLarge(APIException):
    """More than `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes."""

    status_code = 413
    default_detail = _("The body of the request is too large.")
    default_code = "body_too_large"


class StrictJSONParser(BaseParser):
    """JSON in UTF-8, at most `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes.

    NaN and infinities, numbers too long to convert, nesting too deep to follow and text that is not Unicode (half of a
    surrogate pair) are as broken as a missing brace: none of them could be stored or answered.
    """

    media_type = "application/json"
    renderer_class = renderers.JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises `ParseError`, `BodyTooLarge`."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge
        try:
            data = json.loads(body.decode(), parse_constant=_refuse_constant)
            if b"\\ud" in body or b"\\uD" in body:
                json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error
        return data


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
