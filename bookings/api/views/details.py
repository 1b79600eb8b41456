"""One booking: reading it, changing who comes, confirming it at the desk, and its calendar file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ConsentWay
from accounts.permissions import OPERATION_PERMISSIONS, roles_for
from bookings.api import examples
from bookings.api.access import (
    booking_of_request,
    booking_to_change,
    request_user,
    staff_check,
)
from bookings.api.inputs import VERSION_MAX, GuestChangeBody
from bookings.api.serializers import BookingDetailsSerializer
from bookings.calendars import booking_ical
from bookings.models import Booking
from bookings.selectors import booking_by_reference, booking_details
from bookings.services import booking_confirm_by_staff, booking_guest_set
from bookings.types import GuestDetails
from core.exceptions import DomainError, Malformed

from .private import ONE_BOOKING, PrivateView

IF_MATCH = "If-Match"
IF_MATCH_PARAMETER = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, description="The ETag of the booking that was read."
)
GUEST_ROLES = roles_for("bookings.booking", "change")
CONFIRMING_ROLES = OPERATION_PERMISSIONS["booking_confirm"]


class VersionRequired(DomainError):
    """A change that does not say what it changes (428)."""

    code = "version_required"
    http_status = 428
    message = _("Say which version you have read: send its ETag in If-Match, or `version`.")


class VersionInvalid(Malformed):
    """If-Match is not an ETag of ours."""

    code = "version_invalid"
    message = _('If-Match takes the ETag of the booking, such as "3".')


class BookingView(PrivateView):
    """One booking."""

    @extend_schema(
        operation_id="booking_read",
        summary="Read a booking",
        description="For its user, for who has its access token, and for staff of the property.",
        tags=["bookings"],
        parameters=ONE_BOOKING,
        responses=BookingDetailsSerializer,
        examples=[examples.DETAILS],
    )
    def get(self, request: Request, reference: str) -> Response:
        return details_response(booking_of_request(request, reference))


class BookingGuestView(PrivateView):
    """Who comes."""

    @extend_schema(
        operation_id="booking_guest_update",
        summary="Change who comes",
        description=(
            "What is left out stays as it is. Two editors do not overwrite each other: the version that was read comes "
            "along, and if the booking has another by now the answer is 409 `edit_conflict` with what is there."
        ),
        tags=["bookings"],
        parameters=[*ONE_BOOKING, IF_MATCH_PARAMETER],
        request=GuestChangeBody,
        responses={
            200: BookingDetailsSerializer,
            428: OpenApiResponse(examples.PROBLEM, "No version came along.", [examples.NO_VERSION]),
        },
        examples=[examples.GUEST_CHANGE, examples.DETAILS],
    )
    def patch(self, request: Request, reference: str) -> Response:
        body = GuestChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        changes = dict(body.validated_data)
        version = _version_of(request, changes.pop("version", None))
        terms_accepted = changes.pop("terms_accepted")
        booking = booking_to_change(request, reference, GUEST_ROLES)
        changed = booking_guest_set(
            booking_id=booking.pk,
            guest=_guest_changed(booking, changes),
            actor=request_user(request),
            version=version,
            terms=ConsentWay.API if terms_accepted else None,
        )
        return details_response(booking_by_reference(changed.reference))


class BookingConfirmView(PrivateView):
    """Confirmation on the word of the staff."""

    @extend_schema(
        operation_id="booking_confirm",
        summary="Confirm a booking at the desk",
        description=(
            "For staff of the property: a hold becomes a stay that is paid at the desk. With If-Match only if nobody "
            "has changed it since: else 409 `version_conflict`."
        ),
        tags=["bookings"],
        parameters=[*ONE_BOOKING[:1], IF_MATCH_PARAMETER],
        request=None,
        responses=BookingDetailsSerializer,
        examples=[examples.DETAILS],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = booking_of_request(request, reference)
        staff_check(request, booking, CONFIRMING_ROLES)
        actor = request_user(request)
        assert actor is not None
        confirmed = booking_confirm_by_staff(
            booking_id=booking.pk, actor=actor, expected_version=version_given(request, None)
        )
        return details_response(booking_by_reference(confirmed.reference))


class CalendarRenderer(BaseRenderer):
    """Lets clients ask for calendar files; what goes wrong is said in JSON all the same."""

    media_type = "text/calendar"
    format = "ics"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        rendered: bytes = JSONRenderer().render(data)
        return rendered


class CalendarView(PrivateView):
    """The stay as a calendar file."""

    renderer_classes = (CalendarRenderer, JSONRenderer)

    @extend_schema(
        operation_id="booking_calendar",
        summary="Get the calendar file",
        description="One event from arrival to departure, to be put into a calendar (iCalendar).",
        tags=["bookings"],
        parameters=ONE_BOOKING,
        responses={(200, "text/calendar"): OpenApiTypes.STR},
        examples=[examples.CALENDAR_FILE],
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        booking = booking_of_request(request, reference)
        return HttpResponse(
            booking_ical(booking),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{booking.reference}.ics"'},
        )


def details_response(booking: Booking) -> Response:
    """The booking with its money, and its version as the ETag. One query."""
    document = BookingDetailsSerializer(booking_details(booking=booking)).data
    return Response(document, headers={"ETag": f'"{booking.version}"'})


def _version_of(request: Request, given: int | None) -> int:
    """The version that the editor has read. Raises `VersionRequired`, `VersionInvalid`."""
    version = version_given(request, given)
    if version is None:
        raise VersionRequired
    return version


def version_given(request: Request, given: int | None) -> int | None:
    """The version that came along in the header, else ``given``. Raises `VersionInvalid`."""
    tag = request.headers.get(IF_MATCH, "").strip()
    if not tag:
        return given
    digits = tag.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(VERSION_MAX))):
        raise VersionInvalid(field=IF_MATCH)
    return int(digits)


def _guest_changed(booking: Booking, changes: Mapping[str, Any]) -> GuestDetails:
    """The guest as the booking has it, with the changes; nobody else's come in between, as the version is checked."""
    present = GuestDetails(
        name=booking.guest_name,
        email=booking.guest_email,
        phone=str(booking.guest_phone),
        country=booking.guest_country,
        language=booking.language,
        special_requests=booking.special_requests,
        arrival_time=booking.arrival_time,
    )
    return replace(present, **changes)
