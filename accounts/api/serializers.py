"""What programs send and get about accounts and tokens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from accounts.models import Membership, MembershipTier, User
from core.api.inputs import BodySerializer
from core.countries import is_country


class PersonSerializer(BodySerializer):
    """What people say about themselves."""

    full_name = serializers.CharField(max_length=150, required=False)
    phone = PhoneNumberField(
        required=False, allow_blank=True, help_text="In international form: +442079460018."
    )
    country = serializers.CharField(
        max_length=2, required=False, allow_blank=True, help_text="ISO 3166-1 alpha-2."
    )
    language = serializers.ChoiceField(
        choices=[code for code, _name in settings.LANGUAGES], required=False, allow_blank=True
    )

    def validate_country(self, value: str) -> str:
        code = value.upper()
        if code and not is_country(code):
            raise serializers.ValidationError(
                _("There is no country with this code."), code="invalid_country"
            )
        return code


class SignUpSerializer(PersonSerializer):
    """A new account."""

    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)
    full_name = serializers.CharField(max_length=150)


class SignUpAcceptedSerializer(serializers.Serializer[Any]):
    """The one answer to every sign-up."""

    detail = serializers.CharField()


class TierSerializer(serializers.ModelSerializer[MembershipTier]):
    class Meta:
        model = MembershipTier
        fields = ("code", "name", "discount_percent")


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    tier = TierSerializer()

    class Meta:
        model = Membership
        fields = ("number", "tier")


class AccountSerializer(serializers.ModelSerializer[User]):
    """Somebody's own account."""

    membership = MembershipSerializer(allow_null=True)

    class Meta:
        model = User
        fields = ("id", "email", "full_name", "phone", "country", "language", "date_joined", "membership")
        read_only_fields = fields


class TokenRequestSerializer(BodySerializer):
    """What a token is given for."""

    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        write_only=True,
        help_text="Of the authenticator app, or a recovery code; only for accounts with a second factor.",
    )


class IssuedTokenSerializer(serializers.Serializer[Any]):
    """A new token, shown this once."""

    token = serializers.CharField(help_text="Send it as `Authorization: Token …`.")
    expires_at = serializers.DateTimeField(allow_null=True)


class TokenSerializer(serializers.ModelSerializer[AuthToken]):
    """A token as its owner sees it later: without the secret."""

    id = serializers.CharField(source="token_key", help_text="How the token begins.")
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)
    is_current = serializers.SerializerMethodField(help_text="Whether this request uses it.")

    class Meta:
        model = AuthToken
        fields = ("id", "created_at", "expires_at", "is_current")

    def get_is_current(self, token: AuthToken) -> bool:
        used = self.context["request"].auth
        return isinstance(used, AuthToken) and used.pk == token.pk
