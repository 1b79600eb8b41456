"""Who gets what: every address of the site, every verb, everybody, as the files of the matrix say.

An address that nobody has listed fails, and so does a line without an address. ``MATRIX=write`` writes the files anew;
what changed is read before it is kept.
"""

from __future__ import annotations

import os

import pytest

from .addresses import address
from .asking import forget, letter
from .matrix import FOLDER, Matrix, line, matrix_read, matrix_write
from .routes import parts, routes
from .world import World


def asked(part: str) -> Matrix:
    """Ask for every address of a part as everybody, each from the same world."""
    world = World()
    names, found = world.names, {}
    wanted = [route for route in routes() if route.part == part]
    addresses = [(route, address(world, route)) for route in wanted]
    forget()
    for route, url in addresses:
        for verb in route.verbs:
            found[route.name, verb] = {
                name: letter(client, verb, url, names) for name, client in world.people.clients.items()
            }
    return found


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("part", parts())
def test_everybody_gets_what_is_theirs(part: str) -> None:
    wanted, found = matrix_read(part), asked(part)

    if os.environ.get("MATRIX") == "write":
        matrix_write(part, found)
        return
    differences = [
        f"{line(key, cells)} instead of {''.join(wanted.get(key, {}).values()) or 'nothing listed'}"
        for key, cells in found.items()
        if wanted.get(key) != cells
    ]
    assert differences == []


def test_what_is_listed_is_what_there_is() -> None:
    there = {part: set[tuple[str, str]]() for part in parts()}
    for route in routes():
        there[route.part] |= {(route.name, verb) for verb in route.verbs}

    assert {file.stem: set(matrix_read(file.stem)) for file in FOLDER.glob("*.txt")} == there
