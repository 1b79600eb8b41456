"""`manage.py deadletters`: what was given up, why, and another try."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.management.arguments import whole_number
from core.models import Effect
from core.outbox import effect_kinds
from core.outbox.redriving import effects_dead, effects_discard, effects_redrive

LIST_ROWS = 100
ACTOR = "manage.py deadletters"


class Command(BaseCommand):
    """Lists dead letters, or makes them due again, or discards them."""

    help = "List the effects that were given up with their reason, try them again, or discard them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", action="append", dest="kinds", help="only this kind; may be repeated")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--retry", type=int, nargs="*", metavar="ID", help="make these due again")
        parser.add_argument("--all", action="store_true", dest="everything", help="with --retry: all of them")
        what.add_argument(
            "--discard", type=int, nargs="+", metavar="ID", help="decide that these need not be done"
        )
        parser.add_argument("--reason", default="", help="why they are discarded")
        parser.add_argument(
            "--limit",
            type=whole_number(1),
            default=LIST_ROWS,
            help="list at most so many (default: %(default)s)",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="write JSON")

    def handle(self, *_args: Any, as_json: bool, **options: Any) -> None:
        if unknown := sorted(set(options["kinds"] or ()) - effect_kinds().keys()):
            self.stderr.write(f"Nobody handles effects of the kind {', '.join(unknown)}.")
        if options["retry"] is not None:
            self._answer("redriven", self._retry(**options), as_json=as_json)
        elif options["discard"]:
            if not options["reason"].strip():
                raise CommandError("Say why with --reason.")
            number = effects_discard(ids=options["discard"], reason=options["reason"], actor=ACTOR)
            self._answer("discarded", number, as_json=as_json)
            self._missing(options["discard"], number)
        else:
            self._list(list(effects_dead(kinds=options["kinds"])[: options["limit"]]), as_json=as_json)

    def _retry(self, *, retry: list[int], everything: bool, kinds: list[str] | None, **_options: Any) -> int:
        if bool(retry) == everything:
            raise CommandError("Name the ids to retry, or say --retry --all.")
        number = effects_redrive(ids=retry or None, kinds=kinds, actor=ACTOR)
        if retry:
            self._missing(retry, number)
        return number

    def _missing(self, ids: list[int], number: int) -> None:
        if number < len(set(ids)):
            raise CommandError(f"{len(set(ids)) - number} of them are no dead letters.")

    def _answer(self, verb: str, number: int, *, as_json: bool) -> None:
        self.stdout.write(json.dumps({verb: number}) if as_json else f"Dead letters {verb}: {number}")

    def _list(self, effects: list[Effect], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([_facts(effect) for effect in effects]))
            return
        for effect in effects:
            self.stdout.write(
                f"{effect.pk}  {effect.finished_at:%Y-%m-%d %H:%M}  {effect.kind}  {effect.dedup_key}  "
                f"after {effect.attempts}: {effect.last_error}"
            )
        self.stdout.write(f"Dead letters: {len(effects)}")


def _facts(effect: Effect) -> dict[str, Any]:
    return {
        "id": effect.pk,
        "kind": effect.kind,
        "queue": effect.queue,
        "dedup_key": effect.dedup_key,
        "attempts": effect.attempts,
        "interruptions": effect.interruptions,
        "wanted_at": effect.wanted_at.isoformat(),
        "finished_at": effect.finished_at and effect.finished_at.isoformat(),
        "reason": effect.last_error,
        "request_id": effect.request_id,
    }
