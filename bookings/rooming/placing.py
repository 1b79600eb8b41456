"""Spreading stays over rooms: everybody in one room for the whole stay wherever that is possible.

Where rooms are all alike, giving each stay, in order of arrival, any room that is free needs no more rooms than there
are guests in the fullest night (colouring of an interval graph: Gavril, "Algorithms for minimum coloring...", SIAM J.
Comput. 1, 1972), and nobody moves. Rooms that are closed or taken for a time break this, and the question becomes hard
(precolouring extension). So three ways are tried: the first that honours wishes, then the one that wastes least, then,
in small clusters of stays, a search that finds the fewest moves; the first that needs no move is taken, or the best.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

from .scoring import Scorer
from .searching import fewest_moves
from .types import Busy, Key, Need, Piece, Place, RoomPlan

FOREVER = 10**9


def plan_rooms(needs: Sequence[Need], rooms: Sequence[Place], busy: Busy, *, search: bool = True) -> RoomPlan:
    """Give every need a room, with as few moves as can be found; what cannot have one on some night gets none.

    Pure. For the stays that fit, a plan always exists; without closed or taken rooms it has no moves.
    """
    calendar = {room.id: sorted(busy.get(room.id, ())) for room in rooms}
    left = too_many(needs, rooms, calendar)
    fitting = sorted(
        (need for need in needs if need.key not in left), key=lambda need: (need.start, -need.end, need.key)
    )
    plan = RoomPlan(left=left)
    for cluster in clusters(fitting):
        plan.pieces.update(_best(cluster, rooms, calendar, search=search))
    return plan


def _best(
    cluster: list[Need], rooms: Sequence[Place], calendar: Busy, *, search: bool
) -> dict[Key, list[Piece]]:
    scorer = Scorer(rooms)
    pleasant = place_in_order(cluster, rooms, calendar, scorer.pleasant, scorer.placed)
    if _moves(pleasant) == 0:
        return pleasant
    scorer = Scorer(rooms)
    tight = place_in_order(cluster, rooms, calendar, scorer.tight, scorer.placed)
    best = min(pleasant, tight, key=_moves)
    if search and _moves(best):
        found = fewest_moves(cluster, rooms, calendar, below=_moves(best))
        best = best if found is None else found
    return best


def too_many(needs: Sequence[Need], rooms: Sequence[Place], busy: Busy) -> dict[Key, list[int]]:
    """The needs for which there are not enough rooms on some night, with these nights.

    Night by night the stay that ends last gives way: this leaves the most stays (Carlisle and Lloyd, "On the
    k-coloring of intervals", Discrete Applied Mathematics 59, 1995).
    """
    closed: dict[int, int] = defaultdict(int)
    for room in rooms:
        for start, end in busy.get(room.id, ()):
            closed[start] += 1
            closed[end] -= 1
    starts: dict[int, list[Need]] = defaultdict(list)
    for need in needs:
        starts[need.start].append(need)
    ends = {need.end for need in needs}
    free = len(rooms)
    inside: list[Need] = []
    left: dict[Key, list[int]] = {}
    for night in sorted(closed.keys() | starts.keys() | ends):
        free -= closed.get(night, 0)
        inside = [need for need in inside if need.end > night] + starts.get(night, [])
        if len(inside) > free:
            inside.sort(key=lambda need: (need.keeps is None, need.end, need.key))
            for need in inside[max(free, 0) :]:
                left[need.key] = [night]
            del inside[max(free, 0) :]
    return left


def clusters(needs: Sequence[Need]) -> list[list[Need]]:
    """Needs, sorted by start, in groups that have no night in common with each other."""
    found: list[list[Need]] = []
    reach = -FOREVER
    for need in needs:
        if need.start >= reach:
            found.append([])
        found[-1].append(need)
        reach = max(reach, need.end)
    return found


def place_in_order(
    needs: Sequence[Need],
    rooms: Sequence[Place],
    busy: Busy,
    score: Callable[[Need, Place, int], tuple[float, ...]],
    placed: Callable[[Need, Place], None],
) -> dict[Key, list[Piece]]:
    """Give rooms in order of time; ``score`` says which free room is the best (the smallest), and is
    told by ``placed`` which one was taken.

    Who can have no room for the whole time has one for as long as possible, and then another.
    """
    free = list(rooms)
    taken: list[tuple[int, int, Place]] = []
    begins = {room.id: [start for start, _end in busy[room.id]] for room in rooms}
    queue = [(need.start, -need.end, place, need.start) for place, need in enumerate(needs)]
    heapq.heapify(queue)
    pieces: dict[Key, list[Piece]] = {need.key: [] for need in needs}
    while queue:
        start, _, place, _ = heapq.heappop(queue)
        need = needs[place]
        while taken and taken[0][0] <= start:
            free.append(heapq.heappop(taken)[2])
        best: tuple[tuple[float, ...], Place, int] | None = None
        for room in free:
            spans = busy[room.id]
            until = free_until(spans, begins[room.id], start) if spans else FOREVER
            if until <= start:
                continue
            is_whole = until >= need.end
            rank = (0.0, *score(need, room, until)) if is_whole else (1.0, float(-until))
            if best is None or rank < best[0]:
                best = (rank, room, until)
        assert best is not None, "too_many() has left out what does not fit"
        _rank, room, until = best
        placed(need, room)
        end = min(until, need.end)
        pieces[need.key].append(Piece(room.id, start, end))
        free.remove(room)
        heapq.heappush(taken, (end, room.id, room))
        if end < need.end:
            heapq.heappush(queue, (end, -need.end, place, need.start))
    return {key: joined(found) for key, found in pieces.items()}


def free_until(spans: Sequence[tuple[int, int]], begins: Sequence[int], night: int) -> int:
    """Until when a room is not closed from ``night`` on; the night itself if it is closed then."""
    at = bisect_right(begins, night)
    if at and spans[at - 1][1] > night:
        return night
    return begins[at] if at < len(begins) else FOREVER


def joined(pieces: list[Piece]) -> list[Piece]:
    """One piece where a guest stays in the room they are in."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].room == piece.room and found[-1].end == piece.start:
            found[-1] = Piece(piece.room, found[-1].start, piece.end)
        else:
            found.append(piece)
    return found


def _moves(pieces: dict[Key, list[Piece]]) -> int:
    return sum(len(found) - 1 for found in pieces.values())
