"""What has to be true of the whole matrix, whatever is written in it. Nothing is asked here."""

from __future__ import annotations

import re

import pytest

from .asking import ANSWERED, DOOR, FORBIDDEN, IN, MISSING, TOLD
from .matrix import Cells, Matrix, matrix_whole
from .people import OUTSIDERS
from .routes import Route, routes

OF_HOUSE_STAFF = ("front_desk", "manager", "finance")
FOR_EVERYBODY = {"admin:login", "admin:logout"}
"""Pages of the administration that somebody from outside gets an answer from."""

HOUSEKEEPING = {
    "admin:housekeeping",
    "admin:housekeeping_mark",
    "admin:index",
    "admin:jsi18n",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
}
BARE = re.compile(r"^/admin/\w+/\w+/<path:object_id>/$")
"""Leads on to the page of the row, whether there is one or not."""

PARTS_OF_A_HOUSE = re.compile(r"(_id|pk|reference|object_id|uid|^id|number)$")


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return matrix_whole()


def let_in(matrix: Matrix, *people: str) -> set[str]:
    """The addresses that let any of them in with any verb."""
    return {name for (name, _verb), cells in matrix.items() if any(cells[person] in IN for person in people)}


def is_private(cells: Cells) -> bool:
    """Whether it is not open to whoever comes by."""
    return cells["anonymous"] not in IN


def with_rows() -> dict[str, Route]:
    """The addresses that name something of guest A's or of the house."""
    return {
        route.name: route
        for route in routes()
        if any(PARTS_OF_A_HOUSE.search(name) for name in route.parameters) and not BARE.match(route.pattern)
    }


def test_the_administration_sends_outsiders_to_the_log_in(matrix: Matrix) -> None:
    wrong = {
        key: [cells[person] for person in OUTSIDERS]
        for key, cells in matrix.items()
        if key[0].startswith(("admin:", "/admin/")) and key[0] not in FOR_EVERYBODY
        if any(cells[person] != DOOR for person in OUTSIDERS)
    }
    assert wrong == {}
    assert {matrix["admin:login", "GET"][person] for person in OUTSIDERS} == {"l", "f"}


@pytest.mark.parametrize("person", ["anonymous", "guest_b", "housekeeping", "stranger"])
def test_nobody_is_told_of_guest_a_who_has_no_business_with_the_stay(matrix: Matrix, person: str) -> None:
    told = {name for (name, _verb), cells in matrix.items() if cells[person] == TOLD}
    assert told - DEVELOPMENT == set()


def test_guest_b_gets_nothing_of_guest_a(matrix: Matrix) -> None:
    named = with_rows()
    wrong = {
        key
        for key, cells in matrix.items()
        if key[0] in named and is_private(cells) and cells["guest_b"] in IN
    }
    assert {name for name, _verb in wrong} - READ_FIRST == set()


def test_staff_of_another_house_get_nothing_of_this_one(matrix: Matrix) -> None:
    named = with_rows()
    wrong = {
        name
        for (name, _verb), cells in matrix.items()
        if name in named and is_private(cells) and cells["stranger"] in IN
    }
    assert wrong - READ_FIRST - OF_NO_HOUSE == set()


def test_rows_of_another_house_are_not_there_instead_of_forbidden(matrix: Matrix) -> None:
    """What the manager of the house may, the manager of another one is told does not exist."""
    named = with_rows()
    wrong = {
        key: cells["stranger"]
        for key, cells in matrix.items()
        if key[0] in named and is_private(cells) and cells["manager"] in IN
        if cells["stranger"] != MISSING and key[0] not in READ_FIRST | OF_NO_HOUSE
    }
    assert wrong == {}


def test_housekeeping_sees_rooms_alone(matrix: Matrix) -> None:
    found = {
        name
        for name in let_in(matrix, "housekeeping")
        if name.startswith(("admin:", "/admin/")) and not BARE.match(name)
    }
    assert found - OF_NO_HOUSE == HOUSEKEEPING


@pytest.mark.parametrize(
    ("person", "deeds"),
    [
        ("finance", r"admin:rate(s-grid|s_import|_edit)"),
        ("front_desk", r"admin:rate(s_import|_edit)"),
        (
            "finance",
            r"admin:inventory_(rate|rateplan|ratepattern|restriction|room|roomtype|property|space)_(add|change|delete)$",
        ),
        (
            "front_desk",
            r"admin:inventory_(rate|rateplan|ratepattern|restriction|room|roomtype|property|space|tax|extra)_(add|change|delete)$",
        ),
        ("finance", r"admin:(chart_|space_book)"),
        (
            "finance",
            r"admin:bookings_(booking|group)_(cancel|change_stay|check_in|check_out|extend|leave_early|room|desk|new|edit|blocks|cut|release|pick_up|rooming)$",
        ),
        (
            "front_desk",
            r"admin:payments_(payment_(refund|capture|release)|folio_charge|invoice_cancel)$",
        ),
        ("front_desk", r"admin:(audit-log|services|export-new|reports_reportschedule)"),
    ],
)
def test_roles_do_only_what_is_theirs(matrix: Matrix, person: str, deeds: str) -> None:
    """What is sent, by somebody whose role may read at most, is refused before it is looked at."""
    sent = {
        key: cells[person] for key, cells in matrix.items() if key[1] == "POST" and re.match(deeds, key[0])
    }

    assert sent != {}
    assert {key: letter for key, letter in sent.items() if letter in IN} == {}


def test_nothing_of_a_models_administration_is_deleted_or_changed_by_readers(matrix: Matrix) -> None:
    """Who is not let in to read a list adds, changes and deletes nothing of it."""
    for (name, verb), cells in matrix.items():
        model, _underscore, page = name.rpartition("_")
        reads = matrix.get((f"{model}_changelist", "GET"))
        if reads is None or page not in ("add", "change", "delete", "history"):
            continue
        assert [
            person for person, letter in cells.items() if letter in IN and reads[person] not in IN
        ] == [], (name, verb)


def test_every_address_lets_somebody_in(matrix: Matrix) -> None:
    """Otherwise the world has nothing there, and the line says nothing."""
    closed = {name for name, _verb in matrix} - let_in(matrix, *next(iter(matrix.values())))
    assert {name for name in closed if not NEVER_BY_HAND.match(name)} == NOBODY


def test_staff_write_no_reviews_for_guests(matrix: Matrix) -> None:
    for name in ("bookings:review", "bookings:review_remove"):
        assert {matrix[name, "POST"][person] for person in OF_HOUSE_STAFF} == {FORBIDDEN}


def test_health_needs_no_account(matrix: Matrix) -> None:
    for name in ("health:live", "health:ready", "health:health"):
        assert set(matrix[name, "GET"].values()) == {ANSWERED}


READ_FIRST = {"api:group", "api:review-moderate", "api:review-reply", "api:room-housekeeping"}
"""Addresses that look at what was sent before they look for the row: nothing sent is refused as such."""

OF_NO_HOUSE = {
    "admin:inventory_amenity_change",
    "admin:inventory_amenity_changelist",
    "admin:inventory_amenity_history",
}
"""Words of the catalogue, which all staff read."""

DEVELOPMENT = {"notifications:mail_list"}
"""Pages that exist in development and in the demo only."""

NOBODY = {
    "/admin/(?P<url>.*)$",
    "/media/<path:path>",
    "admin:autocomplete",
    "admin:export-file",
    "admin:login",
    "admin:notifications_webhookendpoint_operate",
    "admin:rate_edit_undo",
    "admin:report-bookings",
    "admin:report-schedule-leave",
    "admin:space_do",
    "admin:view_on_site",
    "api:notification-read",
    "bookings:space_feed",
    "bookings:trip_calendar",
    "bookings:trip_do",
    "bookings:trip_shared",
    "inventory:calendar_feed",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "notifications:inbox_message",
    "notifications:mail_receipt",
    "notifications:template_receipt",
    "notifications:unsubscribe",
    "sandbox:bank",
    "waitlist:alert_new",
}
"""Addresses that need a secret or something in the request; other tests open them."""

NEVER_BY_HAND = re.compile(r"^admin:.*_(add|delete)$")
"""Pages of the administration for what only services write, closed to everybody."""
