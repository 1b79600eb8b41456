"""Proving that the log is as it was written.

What is found: an altered entry (its link's hash does not fit), a removed one (a link without entry), a removed link (a
position that is missing), one put in afterwards (an entry of a transaction that was sealed long ago, or one that claims
a day before the seal it follows), and a tail that was cut, where the head of the chain was noted elsewhere. Who may
write to the database as its owner and recomputes every later hash is found by a noted head only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from core.models import AuditLink, AuditSeal

from .chain import COLUMNS, GENESIS, entry_digest, link_hash
from .sealing import entries_seal

PROBLEMS_KEPT = 1_000
CHUNK_ROWS = 2_000
BACKDATED = timedelta(days=1)
"""No transaction runs for longer; an entry that is older than the seal before its own was not written then."""

CHAIN = f"""
    SELECT l.position, l.entry_id, l.hash, {COLUMNS}
    FROM (SELECT position, entry_id, hash FROM core_auditlink) l LEFT JOIN core_auditentry e ON e.id = l.entry_id
    ORDER BY l.position
"""  # noqa: S608 - our own names
INSERTED = """
    SELECT e.id, e.model, e.object_id, e.at FROM core_auditentry e
    WHERE e.txid < %s AND NOT EXISTS (SELECT FROM core_auditlink l WHERE l.entry_id = e.id) ORDER BY e.id LIMIT %s
"""


class ProblemKind(StrEnum):
    """What is wrong with an entry or a link."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    LINK_REMOVED = "link_removed"
    LINK_ALTERED = "link_altered"
    SEAL_ALTERED = "seal_altered"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: the entry's number (None where only a place in the chain is known) and a sentence."""

    kind: ProblemKind
    entry_id: int | None
    position: int | None
    sentence: str


@dataclass(slots=True)
class AuditReport:
    """What a verification found; ``head`` is the hexadecimal hash to note elsewhere."""

    entries: int = 0
    position: int = 0
    head: str = ""
    moves: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, kind: ProblemKind, sentence: str, *, entry_id: int | None, position: int | None) -> None:
        """Keep a finding; the first thousand in words."""
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(Problem(kind, entry_id, position, sentence))


def audit_verify(*, head: str = "", progress: Callable[[int], object] | None = None) -> AuditReport:
    """Seal what is settled, then look at every entry and link; nothing is kept in memory but the findings.

    ``head`` is one that was noted before: if no link has it, the log was cut or written anew. Five queries, two of them
    streamed, in one read-only transaction that sees one state of the log. Raises `OperationalError` where another
    process seals for more than three seconds.
    """
    entries_seal()
    report = AuditReport()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        seals = list(AuditSeal.objects.order_by("last_position", "id"))
        heads = _links_verify(report, seals, head.lower().strip(), progress)
        _seals_verify(report, seals, heads)
        _inserted_find(report, cursor, seals)
    return report


def links_count() -> int:
    """About how many links there are, for a bar. One query."""
    last = AuditLink.objects.order_by("-position").values_list("position", flat=True).first()
    return int(last or 0)


def _links_verify(
    report: AuditReport, seals: list[AuditSeal], noted: str, progress: Callable[[int], object] | None
) -> dict[int, bytes]:
    """Go along the chain; the hashes at the seals' ends."""
    ends = {seal.last_position for seal in seals}
    heads: dict[int, bytes] = {0: GENESIS}
    earliest = _earliest(seals)
    previous, expected, is_noted = GENESIS, 1, noted in ("", GENESIS.hex())
    for position, entry_id, link, *columns in _chain():
        if position != expected:
            sentence = f"{position - expected} links before position {position} were removed"
            report.add(ProblemKind.LINK_REMOVED, sentence, entry_id=None, position=expected)
        stored, entry = bytes(link), tuple(columns)
        if entry[0] is None:
            sentence = f"entry {entry_id} was removed (position {position})"
            report.add(ProblemKind.REMOVED, sentence, entry_id=entry_id, position=position)
        else:
            report.entries += 1
            fits = stored == link_hash(previous, entry_digest(entry))
            if not fits and position == expected:
                _altered(report, entry, position)
            _backdated(report, entry, position, earliest(position))
        is_noted = is_noted or stored.hex() == noted
        if position in ends:
            heads[position] = stored
        previous, expected = stored, position + 1
        if progress:
            progress(1)
    report.position, report.head = expected - 1, previous.hex()
    if not is_noted:
        sentence = f"no link has the hash {noted}: the log was cut before it, or written anew"
        report.add(ProblemKind.CUT, sentence, entry_id=None, position=None)
    return heads


def _altered(report: AuditReport, entry: tuple[Any, ...], position: int) -> None:
    sentence = f"entry {_named(entry)} or its link was altered (position {position})"
    report.add(ProblemKind.ALTERED, sentence, entry_id=entry[0], position=position)


def _backdated(report: AuditReport, entry: tuple[Any, ...], position: int, earliest: datetime | None) -> None:
    at = datetime.fromtimestamp(entry[2] / 1_000_000, tz=UTC)
    if earliest is not None and at < earliest:
        sentence = f"entry {_named(entry)} was put in afterwards: it claims {at:%Y-%m-%d %H:%M} UTC"
        report.add(ProblemKind.INSERTED, sentence, entry_id=entry[0], position=position)


def _named(entry: tuple[Any, ...]) -> str:
    return f"{entry[0]} ({entry[3]} of {entry[4]} {entry[5]})".replace(" )", ")")


def _earliest(seals: list[AuditSeal]) -> Callable[[int], datetime | None]:
    """The earliest time that an entry at a position may honestly have; positions only ever go up."""
    bounds = [(0, None), *((seal.last_position, seal.at - BACKDATED) for seal in seals)]
    index = 0

    def earliest(position: int) -> datetime | None:
        nonlocal index
        while index + 1 < len(bounds) and bounds[index + 1][0] < position:
            index += 1
        return bounds[index][1]

    return earliest


def _seals_verify(report: AuditReport, seals: list[AuditSeal], heads: dict[int, bytes]) -> None:
    for seal in seals:
        report.moves += seal.moved
        if heads.get(seal.last_position) not in (None, bytes(seal.head)):
            sentence = f"seal {seal.pk} does not fit the chain at position {seal.last_position}"
            report.add(ProblemKind.SEAL_ALTERED, sentence, entry_id=None, position=seal.last_position)
    for seal, following in pairwise(seals):
        if following.horizon < seal.horizon and not following.moved:
            sentence = f"seal {following.pk} lies below the one before it"
            report.add(ProblemKind.SEAL_ALTERED, sentence, entry_id=None, position=following.last_position)
    last = max((seal.last_position for seal in seals), default=0)
    if last > report.position:
        sentence = f"the last {last - report.position} links, after position {report.position}, were removed"
        report.add(ProblemKind.CUT, sentence, entry_id=None, position=report.position + 1)
    elif last < report.position:
        sentence = f"the links after position {last} have no seal: it was removed"
        report.add(ProblemKind.SEAL_ALTERED, sentence, entry_id=None, position=last + 1)


def _inserted_find(report: AuditReport, cursor: Any, seals: list[AuditSeal]) -> None:
    if not seals:
        return
    cursor.execute(INSERTED, [max(seals, key=lambda seal: seal.pk).horizon, PROBLEMS_KEPT])
    for entry_id, model, object_id, at in cursor.fetchall():
        sentence = f"entry {entry_id} ({model} {object_id}, {at:%Y-%m-%d %H:%M} UTC) was put in afterwards"
        report.add(ProblemKind.INSERTED, sentence, entry_id=entry_id, position=None)


def _chain() -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHAIN)
        while rows := cursor.fetchmany(CHUNK_ROWS):
            yield from rows
