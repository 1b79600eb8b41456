"""Requests as probes: a page of the site as a guest gets it, through every middleware, without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.test import Client


class ProbeFailed(Exception):
    """A page that is measured did not answer with 200."""


def page(path: str, query: Mapping[str, str] | None = None) -> Callable[[], Any]:
    """What asks for a page. Raises `ProbeFailed` for any other answer than 200."""
    hosts = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    client = Client(SERVER_NAME=hosts[0] if hosts else "localhost")

    def run() -> None:
        response = client.get(path, query or {}, secure=True)
        if response.status_code != 200:
            raise ProbeFailed(f"{path} answered {response.status_code}")

    return run
