"""Plans of rooms: nobody shares a room, nobody moves without need, and moves are as few as they can be."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.rooming import Need, Place, plan_rooms

NIGHTS = 7


@st.composite
def needs(draw: st.DrawFn, most: int = 6) -> list[Need]:
    """A few stays within a week."""
    found = []
    for number in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, NIGHTS - 1))
        found.append(Need((number, 1, start), start, draw(st.integers(start + 1, NIGHTS))))
    return found


@st.composite
def closed_rooms(draw: st.DrawFn) -> tuple[list[Place], dict[int, list[tuple[int, int]]]]:
    """Up to four rooms, each closed once or never."""
    rooms = [Place(number) for number in range(draw(st.integers(1, 4)))]
    busy = {}
    for room in rooms:
        if draw(st.booleans()):
            start = draw(st.integers(0, NIGHTS - 1))
            busy[room.id] = [(start, draw(st.integers(start + 1, NIGHTS)))]
    return rooms, busy


def fewest_moves_of_all(stays: list[Need], rooms: list[Place], busy: dict[int, list[tuple[int, int]]]) -> int:
    """Try every way to give rooms on every night."""
    before = {frozenset[tuple[int, int]](): 0}
    for night in range(NIGHTS):
        there = [number for number, need in enumerate(stays) if need.start <= night < need.end]
        free = [room.id for room in rooms if not any(a <= night < b for a, b in busy.get(room.id, ()))]
        now = {}
        for chosen in permutations(free, len(there)):
            has = dict(zip(there, chosen, strict=True))
            now[frozenset(has.items())] = min(
                cost + sum(number in has and has[number] != room for number, room in state)
                for state, cost in before.items()
            )
        before = now
    return min(before.values())


@given(stays=needs(), house=closed_rooms())
@settings(max_examples=150)
def test_moves_are_as_few_as_trying_everything_finds(stays, house) -> None:
    rooms, busy = house
    plan = plan_rooms(stays, rooms, busy)
    placed = [need for need in stays if need.key not in plan.left]
    taken: set[tuple[int, int]] = {
        (room, night) for room, spans in busy.items() for a, b in spans for night in range(a, b)
    }
    for need in placed:
        pieces = plan.pieces[need.key]
        nights = [(piece.room, night) for piece in pieces for night in range(piece.start, piece.end)]
        assert [night for _room, night in nights] == list(range(need.start, need.end))
        assert not taken.intersection(nights)
        taken.update(nights)
    assert plan.moves == fewest_moves_of_all(placed, rooms, busy)


@given(stays=needs(most=30), count=st.integers(1, 8))
def test_without_closed_rooms_nobody_moves_and_all_fit_whose_nights_fit(stays, count) -> None:
    rooms = [Place(number) for number in range(count)]
    plan = plan_rooms(stays, rooms, {})
    assert plan.moves == 0
    fullest = max(sum(need.start <= night < need.end for need in stays) for night in range(NIGHTS))
    assert (not plan.left) == (fullest <= count)


def test_wishes_floors_and_clean_rooms_are_honoured() -> None:
    rooms = [
        Place(1, "1", "101", frozenset({"quiet"}), is_clean=False),
        Place(2, "1", "102"),
        Place(3, "2", "201", warned=((0, 3),)),
        Place(4, "2", "202"),
        Place(5, "2", "203"),
    ]

    def room_of(*stays: Need) -> list[int]:
        plan = plan_rooms(stays, rooms, {})
        return [plan.pieces[need.key][0].room for need in stays]

    assert room_of(Need((1, 1, 0), 0, 2, frozenset({"quiet"}))) == [1]
    assert room_of(Need((1, 1, 0), 0, 2, frozenset({"high_floor"}))) == [4]
    assert room_of(Need((1, 1, 0), 0, 2, needs_clean=True)) == [2]
    assert room_of(Need((1, 1, 0), 0, 2, keeps=5)) == [5]
    party = [
        Need((1, index, 0), 0, 2, frozenset({"high_floor"}) if index == 1 else frozenset(), "p")
        for index in (1, 2)
    ]
    assert room_of(*party) == [4, 5]


def test_who_cannot_have_a_room_is_named_with_the_night() -> None:
    stays = [Need((number, 1, 0), 0, 2 + number) for number in range(3)]
    plan = plan_rooms(stays, [Place(1), Place(2)], {})
    assert (sorted(plan.pieces), plan.left) == ([(0, 1, 0), (1, 1, 0)], {(2, 1, 0): [0]})
