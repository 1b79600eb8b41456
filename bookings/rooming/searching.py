"""The fewest moves, by search: for the few stays around a closed room, where giving rooms in order is not enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .types import Busy, Key, Need, Piece, Place

STAYS_MAX = 60
STEPS_MAX = 30_000

Step = tuple[int, int, int]
"""Start, minus the end of the need, its place in the list."""


class _GivenUp(Exception):
    """The search has taken its steps."""


def fewest_moves(
    needs: Sequence[Need], rooms: Sequence[Place], busy: Busy, *, below: int
) -> dict[Key, list[Piece]] | None:
    """The plan with the fewest moves, if it has fewer than ``below``; None if there is none, or none was found in time.

    Tries no move, then one, and so on. A guest moves only when their room is closed: whoever moves earlier can change
    names with the guest they make room for. Rooms whose future is the same are the same to the search.
    """
    if len(needs) > STAYS_MAX:
        return None
    search = _Search(needs, rooms, busy)
    try:
        for moves in range(below):
            found = search.with_moves(moves)
            if found is not None:
                return found
    except _GivenUp:
        return None
    return None


class _Search:
    def __init__(self, needs: Sequence[Need], rooms: Sequence[Place], busy: Busy) -> None:
        self.needs = needs
        self.rooms = [room.id for room in rooms]
        self.busy = busy
        self.opens: dict[int, int] = dict.fromkeys(self.rooms, -1)
        self.pieces: dict[int, list[Piece]] = {place: [] for place in range(len(needs))}
        self.steps = 0

    def with_moves(self, moves: int) -> dict[Key, list[Piece]] | None:
        """A plan with at most so many moves, or None."""
        queue = sorted((need.start, -need.end, place) for place, need in enumerate(self.needs))
        if not self._go(queue, moves):
            return None
        found = {self.needs[place].key: list(pieces) for place, pieces in self.pieces.items()}
        for pieces in self.pieces.values():
            pieces.clear()
        self.opens = dict.fromkeys(self.rooms, -1)
        return found

    def _go(self, queue: list[Step], moves: int) -> bool:
        """Place the first of the queue and all that come after it."""
        if not queue:
            return True
        self.steps += 1
        if self.steps > STEPS_MAX:
            raise _GivenUp
        (start, minus_end, place), rest = queue[0], queue[1:]
        end = -minus_end
        for room, until in self._choices(start, end, self.needs[place].keeps):
            last = min(until, end)
            if last < end and moves == 0:
                continue
            before, self.opens[room] = self.opens[room], last
            self.pieces[place].append(Piece(room, start, last))
            after = rest if last >= end else sorted([*rest, (last, minus_end, place)])
            if self._go(after, moves - (last < end)):
                return True
            self.pieces[place].pop()
            self.opens[room] = before
        return False

    def _choices(self, start: int, end: int, keeps: int | None) -> Iterator[tuple[int, int]]:
        """The free rooms with the night they are closed on, the soonest sufficient first; one of each kind."""
        kinds: dict[tuple[tuple[int, int], ...], tuple[bool, int, int]] = {}
        for room in self.rooms:
            if self.opens[room] > start:
                continue
            future = tuple(span for span in self.busy[room] if span[1] > start)
            until = future[0][0] if future else 10**9
            if until <= start:
                continue
            choice = (room != keeps, room, until)
            if future not in kinds or choice < kinds[future]:
                kinds[future] = choice
        whole = sorted((until, room) for _other, room, until in kinds.values() if until >= end)
        part = sorted(((until, room) for _other, room, until in kinds.values() if until < end), reverse=True)
        for until, room in (*whole, *part):
            yield room, until
