"""Paying for a booking."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OPERATION_PERMISSIONS
from bookings.api import examples
from bookings.api.access import (
    booking_of_request,
    booking_to_change,
    is_guest_of,
    principal_for,
    request_user,
)
from bookings.api.inputs import PayBody
from bookings.api.serializers import (
    PaymentHistorySerializer,
    PaymentSerializer,
    PaymentToFinishSerializer,
)
from bookings.links import booking_url
from bookings.services import booking_payment_start
from core.api.idempotency import REPLAYED_HEADER, idempotent
from core.api.problems import PROBLEM_CONTENT_TYPE, Problem
from core.api.views import PageView
from core.exceptions import DomainError
from core.idempotency import Answer
from payments.exceptions import PaymentDeclined
from payments.models import OPEN_PAYMENT_STATUSES, Payment, PaymentStatus
from payments.selectors import payments_for_folio
from payments.services import payment_client

from .details import IF_MATCH_PARAMETER, version_given
from .private import ONE_BOOKING, PrivateView

PAYING_ROLES = OPERATION_PERMISSIONS["payment_record"]


class BookingPayView(PrivateView):
    """Start paying."""

    idempotency_required = ("post",)
    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="booking_pay",
        summary="Pay for a booking",
        description=(
            "One of the booking's `payment_options`. 200: captured or guaranteed, and the booking is confirmed. 202: "
            "send the guest to `redirect_url` if there is one, then read the booking again until it is decided. With "
            "`client_secret` and `publishable_key` (only for the guest, and only from Stripe) finish the payment by "
            "Stripe's Payment Element or `handleNextAction`; the same request again reads them again. "
            "402: declined; try again with a new Idempotency-Key. The same key never charges twice. With If-Match only "
            "if nobody has changed the booking since: else 409 `version_conflict`."
        ),
        tags=["payments"],
        parameters=[*ONE_BOOKING, IF_MATCH_PARAMETER],
        request=PayBody,
        responses={
            200: PaymentSerializer,
            202: PaymentToFinishSerializer,
            402: OpenApiResponse(examples.PROBLEM, "The payment was declined.", [examples.DECLINED]),
        },
        examples=[
            examples.PAY,
            examples.PAY_STRIPE,
            examples.PAID,
            examples.PAYMENT_WAITING,
            examples.PAYMENT_TO_FINISH,
        ],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = booking_to_change(request, reference, PAYING_ROLES)
        body = PayBody(data=request.data, context={"host": request.get_host()})
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        response = idempotent(
            request,
            execute=lambda claim: booking_payment_start(
                booking_id=booking.pk,
                gateway=wanted["gateway"],
                purpose=wanted["purpose"],
                idempotency_key=claim.key,
                return_url=wanted["return_url"] or booking_url(booking, step="return"),
                card=wanted["card"] or None,
                user=request_user(request) if is_guest_of(request, booking) else None,
                expected_version=version_given(request, None),
                idempotency=claim,
            ),
            render=payment_answer,
            principal=principal_for(request, booking),
        )
        if response.status_code == PaymentDeclined.http_status:
            return payment_declined(request, response)
        if response.status_code == status.HTTP_202_ACCEPTED and is_guest_of(request, booking):
            response.data |= _client(response.data["id"])
        return response


class PaymentListView(PrivateView, PageView):
    """The payments of a booking."""

    serializer_class = PaymentHistorySerializer

    @extend_schema(
        operation_id="booking_payments",
        summary="List a booking's payments",
        description="With their refunds, newest first.",
        tags=["payments"],
        parameters=ONE_BOOKING,
        responses=PaymentHistorySerializer(many=True),
        examples=[examples.PAYMENT_HISTORY],
    )
    def get(self, request: Request, reference: str) -> Response:
        booking = booking_of_request(request, reference)
        return self.page(payments_for_folio(folio_id=booking.folio_id))


def _client(payment_id: int) -> dict[str, str]:
    """What the guest's program needs to finish the payment: asked of the provider each time, and stored nowhere."""
    try:
        client = payment_client(payment_id=payment_id)
    except DomainError:
        return {}  # the payment stands; the program reads it again with the same key
    if client is None:
        return {}
    return {"client_secret": client.client_secret, "publishable_key": client.publishable_key}


def payment_answer(payment: Payment) -> Answer:
    """A payment, with the status that says how far it has come."""
    return Answer(_payment_status(payment.status), PaymentSerializer(payment).data)


def _payment_status(state: str) -> int:
    if state in OPEN_PAYMENT_STATUSES:
        return status.HTTP_202_ACCEPTED
    if state in (PaymentStatus.FAILED, PaymentStatus.CANCELLED):
        return PaymentDeclined.http_status
    return status.HTTP_200_OK


def payment_declined(request: Request, response: Response) -> Response:
    """The problem document for a payment that failed, now or when it was first asked for."""
    payment = response.data
    problem = Problem(
        PaymentDeclined.http_status,
        PaymentDeclined.code,
        str(PaymentDeclined.message),
        data={"failure_code": payment["failure_code"], "payment": payment},
    )
    replayed = response.headers.get(REPLAYED_HEADER)
    return Response(
        problem.document(request._request),
        status=problem.status,
        headers={REPLAYED_HEADER: replayed} if replayed else None,
        content_type=PROBLEM_CONTENT_TYPE,
    )
