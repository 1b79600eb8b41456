"""Which entry or offer a request may see and answer: its user, who has its token, and staff of the property."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import staff_access
from core.exceptions import PermissionDenied
from core.references import token_matches
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors import entry_for_access, offer_for_access

TOKEN_HEADER = "X-Waitlist-Token"  # noqa: S105 - the name of a header, not a secret

ONE_ENTRY = [
    OpenApiParameter(
        "reference", str, OpenApiParameter.PATH, description="The entry's reference, in any spelling."
    ),
    OpenApiParameter(
        TOKEN_HEADER,
        str,
        OpenApiParameter.HEADER,
        description="The entry's access token, for who is not logged in.",
    ),
]
ONE_OFFER = [
    OpenApiParameter(
        "reference", str, OpenApiParameter.PATH, description="The offer's reference, in any spelling."
    ),
    OpenApiParameter(
        TOKEN_HEADER,
        str,
        OpenApiParameter.HEADER,
        description="The token in the offer's mail, for who is not logged in.",
    ),
]


def request_user(request: Request) -> User | None:
    """The user who is logged in."""
    return request.user if isinstance(request.user, User) else None


def entry_of_request(request: Request, reference: str) -> WaitlistEntry:
    """The entry, for who may see it. One query, two for staff. Raises `EntryNotFound`."""
    return entry_for_access(reference=reference, user=request_user(request), token=_token(request))


def offer_of_request(request: Request, reference: str) -> WaitlistOffer:
    """The offer, for who may see it. One query, two for staff. Raises `OfferNotFound`."""
    return offer_for_access(reference=reference, user=request_user(request), token=_token(request))


def answer_check(request: Request, entry: WaitlistEntry, *hashes: str) -> None:
    """Refuse staff who may see it but not act for the guest. One query at most. Raises `PermissionDenied`."""
    user = request_user(request)
    is_guest = user is not None and entry.user_id == user.pk
    if is_guest or any(token_matches(_token(request), stored) for stored in hashes):
        return
    roles = OPERATION_PERMISSIONS["waitlist_offer"]
    if not may_with(staff_access(user), entry.property_id, roles):
        raise PermissionDenied


def principal_for(request: Request, entry: WaitlistEntry) -> str:
    """Whose idempotency keys they are: the user's, or the entry's for who comes with a token."""
    user = request_user(request)
    return f"user:{user.pk}" if user is not None else f"waitlist:{entry.pk}"


def _token(request: Request) -> str:
    return request.headers.get(TOKEN_HEADER, "").strip()
