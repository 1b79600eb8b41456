"""The button under a review books once, however often it is pressed: the review carries a key."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from bookings.forms.spaces import SpaceSendForm
from bookings.models import SpaceBooking
from bookings.selectors.spaces import space_booking_by_reference
from bookings.space_types import BookedSpace
from core.api.idempotency import request_hash
from core.idempotency import Answer, IdempotencyClaim, Replay, idempotency_claim, idempotency_replay


def sent_before(request: HttpRequest) -> SpaceBooking | None:
    """The booking that the same review has made already. Two queries if a key is sent, none otherwise.

    Ask only after reading what is free: its own first press is the reason why the time is taken.
    """
    send = SpaceSendForm(request.POST)
    if "send" not in request.POST or not send.is_valid():
        return None
    replay = idempotency_replay(
        principal=_principal(request), key=send.cleaned_data["key"], request_hash=_hash(request)
    )
    return _booking_of(replay) if replay else None


def send_once(
    request: HttpRequest, *, send: SpaceSendForm, book: Callable[[IdempotencyClaim], BookedSpace]
) -> SpaceBooking:
    """Book with a claim on the review's key, or give what was booked with it. Raises what ``book`` raises,
    `IdempotencyInProgress` while the first press is at work, and `IdempotencyKeyReused`.
    """
    claim = idempotency_claim(
        principal=_principal(request),
        key=send.cleaned_data["key"],
        request_hash=_hash(request),
        render=lambda booked: Answer(302, booked.booking.reference),
    )
    if isinstance(claim, Replay):
        return _booking_of(claim)
    try:
        return book(claim).booking
    except BaseException:
        claim.release()
        raise


def keys_prepare(request: HttpRequest) -> None:
    """Give an unknown visitor a session before the button is shown, so that both presses are the same visitor's."""
    if not request.user.is_authenticated and request.session.session_key is None:
        request.session.create()


def _booking_of(replay: Replay) -> SpaceBooking:
    return space_booking_by_reference(replay.body_json.strip('"'))


def _principal(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    keys_prepare(request)
    return f"session:{request.session.session_key}"


def _hash(request: HttpRequest) -> str:
    sent = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    return request_hash("POST", request.path, sent)
