"""How the room types of the two hotels look: names, beds and sizes that fit who stayed in them and what they paid."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomLook:
    """How a room type of one letter is described, and who fits in."""

    name: str
    description: str
    beds: str
    size_sqm: int
    adults: int
    children: int
    guests: int


RESORT_ROOMS = {
    "A": RoomLook(
        "Garden double",
        "A calm double room that opens to the pines and the garden.",
        "1 double bed or 2 single beds",
        24,
        3,
        2,
        3,
    ),
    "B": RoomLook("Garden twin", "A twin room on the garden side.", "2 single beds", 24, 2, 2, 3),
    "C": RoomLook(
        "Family room",
        "Two sleeping areas with a curtain between, so that children sleep while parents read.",
        "1 double bed, 2 single beds",
        36,
        3,
        2,
        4,
    ),
    "D": RoomLook(
        "Pool-view double",
        "A larger double room with a balcony above the pools.",
        "1 double bed",
        28,
        3,
        2,
        3,
    ),
    "E": RoomLook(
        "Sea-view double",
        "A bright double room on the upper floors with a balcony to the sea.",
        "1 double bed",
        30,
        3,
        2,
        3,
    ),
    "F": RoomLook(
        "Junior suite",
        "One long room with a sitting corner and a wide balcony.",
        "1 king-size bed, 1 sofa bed",
        40,
        3,
        2,
        4,
    ),
    "G": RoomLook(
        "Family suite",
        "A bedroom, a living room with two beds, and a terrace to eat on.",
        "1 double bed, 2 single beds",
        52,
        3,
        3,
        5,
    ),
    "H": RoomLook(
        "Two-bedroom villa",
        "A small house among the trees with a kitchen and a terrace of its own.",
        "1 double bed, 2 single beds, 1 sofa bed",
        80,
        4,
        3,
        5,
    ),
    "L": RoomLook(
        "Studio apartment", "One room with a small kitchen.", "1 double bed, 1 sofa bed", 38, 4, 2, 4
    ),
}
CITY_ROOMS = {
    "A": RoomLook(
        "Classic double",
        "A quiet double room on the courtyard.",
        "1 double bed or 2 single beds",
        20,
        3,
        2,
        3,
    ),
    "B": RoomLook(
        "Connecting room",
        "A small room beside another one, made for the children of the family next door.",
        "2 single beds",
        16,
        2,
        2,
        4,
    ),
    "C": RoomLook("Studio", "A double room with a small kitchen.", "1 double bed", 26, 2, 2, 4),
    "D": RoomLook(
        "Superior double",
        "A larger room with a desk and tall windows to the street.",
        "1 double bed, 1 sofa bed",
        26,
        3,
        2,
        3,
    ),
    "E": RoomLook(
        "Deluxe double",
        "A corner room with a sitting area and a view over the roofs.",
        "1 king-size bed, 1 sofa bed",
        32,
        3,
        2,
        4,
    ),
    "F": RoomLook(
        "Family room",
        "Room for four, with a door between parents and children.",
        "1 double bed, 2 single beds",
        36,
        3,
        2,
        4,
    ),
    "G": RoomLook(
        "Rooftop suite",
        "A bedroom and a living room under the roof, with a terrace.",
        "1 king-size bed, 2 single beds",
        48,
        3,
        3,
        5,
    ),
}
OTHER_ROOM = RoomLook("Room", "A room.", "1 double bed", 20, 2, 2, 4)
