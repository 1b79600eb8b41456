"""Reading an offer and answering it."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.access import access_token_of
from bookings.api.views.private import PrivateView
from core.api.idempotency import idempotent
from core.idempotency import Answer
from waitlist.api import examples
from waitlist.api.access import ONE_OFFER, answer_check, offer_of_request, principal_for, request_user
from waitlist.api.inputs import DeclineBody
from waitlist.api.serializers import AcceptedOfferSerializer, WaitlistOfferSerializer
from waitlist.models import WaitlistOffer
from waitlist.services import offer_accept, offer_decline

OVER = OpenApiResponse(examples.PROBLEM, "It is over.", [examples.OFFER_OVER])


class OfferView(PrivateView):
    """One offer."""

    @extend_schema(
        operation_id="waitlist_offer_read",
        summary="Read an offer",
        description="For the entry's user, for who has the token in its mail, and for staff of the property.",
        tags=["waitlist"],
        parameters=ONE_OFFER,
        responses=WaitlistOfferSerializer,
        examples=[examples.OPEN_OFFER],
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(WaitlistOfferSerializer(offer_of_request(request, reference)).data)


class OfferAcceptView(PrivateView):
    """Taking an offer."""

    idempotency_required = ("post",)
    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="waitlist_offer_accept",
        summary="Accept an offer",
        description=(
            "At the price of the offer. Where nothing is due before the stay the booking is confirmed at once; else "
            "pay for it as for any other, within an hour, with `booking_access_token`."
        ),
        tags=["waitlist"],
        parameters=ONE_OFFER,
        request=None,
        responses={200: AcceptedOfferSerializer, 409: OVER},
        examples=[examples.ACCEPTED],
    )
    def post(self, request: Request, reference: str) -> Response:
        offer = offer_of_request(request, reference)
        answer_check(request, offer.entry, offer.access_token_hash, offer.entry.access_token_hash)
        response = idempotent(
            request,
            execute=lambda claim: offer_accept(
                offer_id=offer.pk, user=request_user(request), idempotency=claim
            ),
            render=_accepted_answer,
            principal=principal_for(request, offer.entry),
        )
        response.data["booking_access_token"] = access_token_of(offer.booking)
        return response


class OfferDeclineView(PrivateView):
    """Turning an offer down."""

    idempotency_required = ("post",)
    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="waitlist_offer_decline",
        summary="Decline an offer",
        description="The rooms go to the next who waits. Who keeps waiting goes to the end of the queue.",
        tags=["waitlist"],
        parameters=ONE_OFFER,
        request=DeclineBody,
        responses={200: WaitlistOfferSerializer, 409: OVER},
        examples=[examples.DECLINE, examples.DECLINED],
    )
    def post(self, request: Request, reference: str) -> Response:
        body = DeclineBody(data=request.data)
        body.is_valid(raise_exception=True)
        offer = offer_of_request(request, reference)
        answer_check(request, offer.entry, offer.access_token_hash, offer.entry.access_token_hash)
        return idempotent(
            request,
            execute=lambda claim: offer_decline(
                offer_id=offer.pk, keep_waiting=body.validated_data["keep_waiting"], idempotency=claim
            ),
            render=_declined_answer,
            principal=principal_for(request, offer.entry),
        )


def _accepted_answer(offer: WaitlistOffer) -> Answer:
    """The answer that is kept with the key. The booking's token is no part of it: it is stored nowhere."""
    document = WaitlistOfferSerializer(offer).data | {"booking_status": offer.booking.status}
    return Answer(status.HTTP_200_OK, document)


def _declined_answer(offer: WaitlistOffer) -> Answer:
    return Answer(status.HTTP_200_OK, WaitlistOfferSerializer(offer).data)
