"""What `manage.py backup_restore --to` does: the options, and their way into `point_restore`."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.backups.errors import RestoreRefused

from .restoring import PointRestored, point_restore

LATEST = "latest"


def point_arguments(parser: ArgumentParser) -> None:
    """Add the options of a restore to a moment."""
    group = parser.add_argument_group("to a moment, from a base backup and the log")
    group.add_argument(
        "--to",
        metavar="TIME",
        help="The moment, such as '2027-03-01 14:05:09+01:00' (UTC if no zone is given), or latest.",
    )
    group.add_argument("--folder", metavar="FOLDER", help="A new folder for the restored cluster.")
    group.add_argument(
        "--timeline", type=int, metavar="N", help="Follow this timeline instead of the newest."
    )
    group.add_argument(
        "--replace",
        action="store_true",
        help="The restored server takes the lost one's place and goes on archiving the log. Without it, it is a copy "
        "to look into, which archives nothing.",
    )
    group.add_argument(
        "--restore-command",
        default="",
        metavar="TEXT",
        help="How the restored server fetches the log (%%f into %%p), where it knows the folders by other names.",
    )
    group.add_argument(
        "--owner", default="", metavar="USER", help="The user that the server runs as, such as postgres."
    )


def point_restore_work(options: dict[str, Any]) -> tuple[dict[str, object], list[str]]:
    """Do what the options say; the result as JSON and as lines. Raises `BackupError`."""
    if not options["folder"]:
        raise RestoreRefused("--to needs --folder: a new folder for the restored cluster.")
    restored = point_restore(
        target=moment_parse(options["to"]),
        into=Path(options["folder"]).absolute(),
        timeline=options["timeline"],
        replace=options["replace"],
        owner=options["owner"],
        command=options["restore_command"],
        dry_run=options["dry_run"],
    )
    if options["dry_run"]:
        return restored.as_json(), [
            f"{restored.folder} would be made of {_origin(restored)}. Nothing was done."
        ]
    lines = [
        f"{restored.folder} is made of {_origin(restored)}. Start a server on it:",
        *(f"  {line}" for line in start_commands(restored.folder)),
    ]
    if restored.is_aside:
        lines.append("It archives nothing: it is a copy to look into. Give it a port or a socket of its own.")
    return restored.as_json(), lines


def moment_parse(text: str) -> datetime | None:
    """Read a moment; None is `latest`. Without a zone it is UTC. Raises `RestoreRefused`."""
    if text == LATEST:
        return None
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None:
        raise RestoreRefused(f"{text!r} is no moment: write it as 2027-03-01T14:05:09+01:00, or latest.")
    return (
        moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())
    )


def start_commands(folder: Path) -> tuple[str, str]:
    """Start a server on a restored folder, let nobody in before it has recovered, and wait until then.

    `pg_ctl` waits for the beginning of the recovery, not for its end.
    """
    data, log = shlex.quote(str(folder)), shlex.quote(f"{folder}.log")
    return (
        f"pg_ctl --pgdata {data} --log {log} --options '-c hot_standby=off' start",
        f"until pg_isready || ! pg_ctl --pgdata {data} status; do sleep 1; done",
    )


def _origin(restored: PointRestored) -> str:
    target = restored.target.isoformat(" ") if restored.target else "the last change in the archive"
    return (
        f"{restored.reach.base.name} and the log up to {target}, on timeline {restored.reach.path.timeline}"
    )
