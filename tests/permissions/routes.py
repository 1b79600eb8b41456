"""Every address of the site, read from the URL configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

PAGES = ("GET", "POST")
PROGRAMS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ADMIN = "/admin/"


@dataclass(frozen=True, slots=True)
class Route:
    """An address: its name (its pattern where it has none), and the parameters that its pattern asks for."""

    name: str
    pattern: str
    parameters: tuple[str, ...]

    @property
    def verbs(self) -> tuple[str, ...]:
        """What is sent to it: the API is asked with every verb."""
        return PROGRAMS if self.pattern.startswith("/api/") else PAGES

    @property
    def part(self) -> str:
        """The file of the matrix that it stands in: of the administration one for each app."""
        if self.pattern.startswith("/api/"):
            return "api"
        if not self.pattern.startswith(ADMIN):
            return "pages"
        app = self.pattern.removeprefix(ADMIN).split("/")[0]
        return f"admin_{app}" if app in APPS and self.model else "admin"

    @property
    def model(self) -> str:
        """``app_model`` of a page of a model's administration, otherwise nothing."""
        steps = self.pattern.removeprefix(ADMIN).split("/")
        label = "_".join(steps[:2])
        return label if self.pattern.startswith(ADMIN) and label in MODELS else ""


MODELS = frozenset(f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)
APPS = frozenset(model._meta.app_label for model in admin.site._registry)


def routes() -> list[Route]:
    """All of them, sorted by name."""
    return sorted(_routes(get_resolver(), (), "/", ()), key=lambda route: route.name)


def parts() -> list[str]:
    """The files of the matrix."""
    return sorted({route.part for route in routes()})


def _routes(
    resolver: URLResolver, spaces: tuple[str, ...], prefix: str, above: tuple[str, ...]
) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern: Any = entry.pattern
        parameters = (*above, *pattern.converters, *pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inside = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _routes(entry, inside, prefix + str(pattern), parameters)
        elif isinstance(entry, URLPattern):
            whole = prefix + str(pattern)
            name = ":".join((*spaces, entry.name)) if entry.name else whole
            yield Route(name, whole, tuple(dict.fromkeys(parameters)))
