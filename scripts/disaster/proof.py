"""What is there afterwards, compared with what the guests were told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scripts.disaster.cluster import Cluster
from scripts.disaster.load import Acknowledged, Client, Load
from scripts.disaster.site import ExerciseFailed, last_json, module_run

CHECKS = {"inventory_check": ("nights", "differences"), "ledger_check": ("folios", "problems")}
"""The commands that prove everything: what they count, and what must not be."""
BOOKINGS_SQL = "SELECT reference, total FROM bookings_booking ORDER BY id"
OK = 200


def bookings_missing(load: Load, cluster: Cluster) -> list[str]:
    """Sentences about bookings and payments that a guest was told of and that are not there; asked as the guest would.

    The database is asked too: what is there twice, or with another sum, would not be seen through the door.
    """
    with cluster.connect("vacancy") as session:
        rows = session.execute(BOOKINGS_SQL).fetchall()
    stored = {str(reference): Decimal(total) for reference, total in rows}
    told = sorted(load.acknowledged.values(), key=lambda one: one.reference)
    found = [] if len(stored) == len(rows) else ["A reference is there twice."]
    for number, one in enumerate(told):
        if stored.get(one.reference) != Decimal(one.total):
            found.append(f"{one.reference}: told {one.total}, stored {stored.get(one.reference, 'nothing')}")
            continue
        client = Client(load, forwarded_for=f"10.200.{number >> 8 & 255}.{number & 255}")
        found += _seen_wrong(client, one)
        client.close()
    return found


def _seen_wrong(client: Client, one: Acknowledged) -> list[str]:
    status, content = client.get(f"/api/v1/bookings/{one.reference}/", token=one.token)
    if status != OK:
        return [f"{one.reference}: its guest is answered {status}"]
    answer = json.loads(content)
    if answer["total"]["amount"] != one.total:
        return [f"{one.reference}: its guest was told {one.total} and sees {answer['total']['amount']}"]
    paid = answer["money"]["paid"]["amount"]
    if one.is_paid and paid != one.total:
        return [f"{one.reference}: its guest paid {one.total}, and sees {paid}"]
    return []


def checks_run(environment: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """What each check counted, and how much of it is wrong."""
    found = {}
    for command, (many, wrong) in CHECKS.items():
        try:
            report: Any = last_json(module_run("manage.py", command, "--json", environment=environment))
        except ExerciseFailed as error:
            raise ExerciseFailed(f"{command} found something wrong. {error}") from error
        found[command] = {many: int(report[many]), wrong: len(report[wrong])}
    return found
