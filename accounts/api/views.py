"""Accounts and tokens for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from knox.models import AuthToken
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.selectors import account_get, tokens_for_user
from accounts.services import profile_update, token_issue, token_revoke, tokens_revoke_all, user_sign_up

from . import examples
from .serializers import (
    AccountSerializer,
    IssuedTokenSerializer,
    PersonSerializer,
    SignUpAcceptedSerializer,
    SignUpSerializer,
    TokenRequestSerializer,
    TokenSerializer,
)


class SignUpView(APIView):
    """Sign up."""

    authentication_classes = ()
    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="account_create",
        summary="Sign up",
        description="Always answers alike: a new address gets a mail to confirm it, a known one to say so.",
        tags=["accounts"],
        request=SignUpSerializer,
        responses={202: SignUpAcceptedSerializer},
        examples=[examples.SIGN_UP, examples.SIGN_UP_ACCEPTED],
    )
    def post(self, request: Request) -> Response:
        serializer = SignUpSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user_sign_up(**serializer.validated_data)
        detail = _("We have sent a mail to this address. Please follow the link in it.")
        return Response({"detail": detail}, status=status.HTTP_202_ACCEPTED)


class AccountView(APIView):
    """One's own account."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="account_read",
        summary="Read one's own account",
        description="With the membership, whose discount counts in every quote and price.",
        tags=["accounts"],
        responses=AccountSerializer,
        examples=[examples.ACCOUNT],
    )
    def get(self, request: Request) -> Response:
        return Response(AccountSerializer(account_get(user_id=_user(request).pk)).data)

    @extend_schema(
        operation_id="account_update",
        summary="Change one's own details",
        description="What is left out stays as it is. Address and password are changed on the pages.",
        tags=["accounts"],
        request=PersonSerializer,
        responses=AccountSerializer,
        examples=[examples.ACCOUNT_CHANGE, examples.ACCOUNT],
    )
    def patch(self, request: Request) -> Response:
        serializer = PersonSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = profile_update(user=_user(request), **serializer.validated_data)
        return Response(AccountSerializer(account_get(user_id=user.pk)).data)


class TokenView(APIView):
    """Get a token; give back the one in use."""

    throttle_scope = "sensitive"

    def get_authenticators(self) -> list[Any]:
        is_post = (
            getattr(self.request, "method", None) == "POST"
        )  # the API description asks without a request
        return [] if is_post else super().get_authenticators()

    def get_permissions(self) -> list[Any]:
        return [] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(
        operation_id="token_create",
        summary="Get a token",
        description=(
            "For e-mail address and password of a confirmed account, and the code of an authenticator app "
            "or a recovery code where the account has a second factor."
        ),
        tags=["tokens"],
        auth=[],
        request=TokenRequestSerializer,
        responses={
            201: IssuedTokenSerializer,
            401: OpenApiResponse(
                examples.PROBLEM,
                "Wrong credentials or code.",
                [examples.CREDENTIALS_INVALID, examples.CODE_NEEDED],
            ),
        },
        examples=[examples.TOKEN_REQUEST, examples.TOKEN_ISSUED],
    )
    def post(self, request: Request) -> Response:
        serializer = TokenRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        issued = token_issue(**serializer.validated_data)
        return Response(IssuedTokenSerializer(issued).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="token_delete_current",
        summary="Revoke the token in use",
        description="It opens nothing from now on. A log-in by session is left alone.",
        tags=["tokens"],
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        if isinstance(request.auth, AuthToken):
            token_revoke(user=_user(request), token_id=request.auth.token_key)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(
    get=extend_schema(
        operation_id="token_list",
        summary="List one's tokens",
        description="Those that still work, newest first, without their secrets.",
        tags=["tokens"],
        examples=[examples.TOKEN],
    )
)
class TokenListView(generics.ListAPIView[AuthToken]):
    """One's tokens that still work."""

    permission_classes = (IsAuthenticated,)
    serializer_class = TokenSerializer
    queryset = AuthToken.objects.none()

    def get_queryset(self) -> QuerySet[AuthToken]:
        return tokens_for_user(_user(self.request))

    @extend_schema(
        operation_id="token_delete_all",
        summary="Revoke all tokens",
        description="Every program has to ask for a new one.",
        tags=["tokens"],
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        tokens_revoke_all(user=_user(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TokenDetailView(APIView):
    """One of one's tokens."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="token_delete",
        summary="Revoke a token",
        description="By the id that the list shows; it opens nothing from now on.",
        tags=["tokens"],
        responses={204: None},
    )
    def delete(self, request: Request, token_id: str) -> Response:
        token_revoke(user=_user(request), token_id=token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user
