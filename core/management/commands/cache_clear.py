"""`manage.py cache_clear`: outdate cached data by hand."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.cache.clearing import cache_clear
from core.cache.keys import NAMESPACES
from core.exceptions import DomainError, NotFound, Unavailable


class Command(BaseCommand):
    """Outdates a kind of data, or one scope of it."""

    help = (
        "Outdate a kind of cached data, or one scope of it (such as the property's id): it is computed again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("namespace", metavar="NAMESPACE", help=", ".join(sorted(NAMESPACES)))
        parser.add_argument("scope", metavar="SCOPE", nargs="*", help="whose data; without it everybody's")
        parser.add_argument("--json", action="store_true", dest="as_json", help="write JSON")

    def handle(self, *_args: Any, namespace: str, scope: list[str], as_json: bool, **_options: Any) -> None:
        try:
            cleared = cache_clear(namespace=namespace, scope=scope, actor="manage.py cache_clear")
        except NotFound as error:
            raise CommandError(
                f"There is no {namespace}; there is {', '.join(sorted(NAMESPACES))}."
            ) from error
        except Unavailable as error:
            raise CommandError("The cache server does not answer; nothing was outdated.") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(json.dumps({"namespace": namespace, "scope": scope, "cleared": cleared}))
        else:
            self.stdout.write(f"Outdated: {cleared}")
