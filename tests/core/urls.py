"""A small API of its own, so that what holds for every API is tested without any domain."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.idempotency import idempotent
from core.api.pagination import PagePagination
from core.api.throttling import rate_limited
from core.exceptions import Conflict, Unavailable, ValidationFailed
from core.idempotency import Answer, IdempotencyClaim
from core.models import IdempotencyKey, ScheduledJob


class EchoSerializer(serializers.Serializer):
    amount = serializers.DecimalField(max_digits=6, decimal_places=2)
    guests = serializers.ListField(child=serializers.IntegerField(min_value=0), required=False)


class EchoView(APIView):
    @extend_schema(request=EchoSerializer, responses=EchoSerializer)
    def post(self, request: Request) -> Response:
        serializer = EchoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


class SoldOut(Conflict):
    code = "sold_out"
    message = "No room is left on 2026-11-21."


ERRORS: dict[str, Exception] = {
    "domain": SoldOut(data={"night": "2026-11-21"}, field="arrival"),
    "busy": Unavailable(code="busy", retry_after=1),
    "unprocessable": ValidationFailed(),
    "missing": Http404(),
    "denied": PermissionDenied(),
    "model": ValidationError({"name": ValidationError("Too long.", code="max_length")}),
    "defect": RuntimeError("secret inner workings"),
}


class ErrorView(APIView):
    @extend_schema(responses=None)
    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]


class PrivateView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=EchoSerializer)
    def get(self, request: Request) -> Response:
        return Response({})


class SensitiveView(APIView):
    throttle_scope = "sensitive"

    @extend_schema(responses=None)
    def get(self, request: Request) -> Response:
        return Response({"user": request.user.pk})


class NumberListView(APIView):
    @extend_schema(responses=None)
    def get(self, request: Request) -> Response:
        paginator = PagePagination()
        page = paginator.paginate_queryset(list(range(250)), request, view=self)  # type: ignore[arg-type]
        return paginator.get_paginated_response(page)


def order_create(*, name: str, fails: bool, idempotency: IdempotencyClaim) -> str:
    """A service: its work is a row (here one more key), and its transaction completes the claim."""
    with transaction.atomic(durable=True):
        count = IdempotencyKey.objects.filter(principal="order").count()
        IdempotencyKey.objects.create(
            principal="order",
            key=f"{name}-{idempotency.lock_token}",
            request_hash="",
            lock_token="",
            locked_at="2026-11-20T00:00Z",
            expires_at="2036-11-20T00:00Z",
        )
        idempotency.complete({"name": name, "number": count})
        if fails:
            raise SoldOut
    return name


class OrderView(APIView):
    idempotency_required = ("post",)

    @extend_schema(request=EchoSerializer, responses={201: EchoSerializer})
    def post(self, request: Request) -> Response:
        return idempotent(
            request,
            execute=lambda claim: order_create(
                name=request.data["name"], fails=request.data.get("fails", False), idempotency=claim
            ),
            render=lambda result: Answer(
                201, {"b": 1, "a": result}, {"Location": f"/orders/{result['name']}"}
            ),
        )


@rate_limited("sensitive")
def lookup_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret inner workings")


def plain(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    return HttpResponse("plain")


def repeats(request: HttpRequest) -> HttpResponse:
    found = [ScheduledJob.objects.filter(name=str(number)).exists() for number in range(10)]
    return HttpResponse(f"{len(found)} for {request.user.is_authenticated}")


handler400 = "core.api.problems.bad_request"
handler403 = "core.api.problems.permission_denied"
handler404 = "core.api.problems.page_not_found"
handler500 = "core.api.problems.server_error"

urlpatterns = [
    path("", include("core.observability.urls")),
    path("api/v1/echo", EchoView.as_view()),
    path("api/v1/errors/<str:name>", ErrorView.as_view()),
    path("api/v1/private", PrivateView.as_view()),
    path("api/v1/sensitive", SensitiveView.as_view()),
    path("api/v1/numbers", NumberListView.as_view()),
    path("api/v1/orders", OrderView.as_view()),
    path("api/v1/broken", broken),
    path("api/schema", SpectacularAPIView.as_view()),
    path("look-up", lookup_page),
    path("broken", broken),
    path("plain", plain),
    path("repeats", repeats),
]
