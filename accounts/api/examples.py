"""Examples in the API description of accounts and tokens."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

from core.api.schema import ProblemSerializer, problem_example

PROBLEM = ProblemSerializer
TOKEN_PATH = "/api/v1/auth/token/"  # noqa: S105

PERSON = {"full_name": "Ada Lovelace", "phone": "+442079460018", "country": "GB", "language": "en"}

SIGN_UP = OpenApiExample(
    "A new guest",
    value={"email": "ada@example.com", "password": "correct horse battery", **PERSON},
    request_only=True,
)
SIGN_UP_ACCEPTED = OpenApiExample(
    "Accepted",
    value={"detail": "We have sent a mail to this address. Please follow the link in it."},
    response_only=True,
    status_codes=["202"],
)
ACCOUNT = OpenApiExample(
    "A member",
    value={
        "id": 42,
        "email": "ada@example.com",
        **PERSON,
        "date_joined": "2026-11-20T12:00:00Z",
        "membership": {
            "number": "4711004210",
            "tier": {"code": "silver", "name": "Silver", "discount_percent": "5.00"},
        },
    },
    response_only=True,
    status_codes=["200"],
)
ACCOUNT_CHANGE = OpenApiExample("Another phone number", value={"phone": "+442079460019"}, request_only=True)
TOKEN_REQUEST = OpenApiExample(
    "With a second factor",
    value={"email": "ada@example.com", "password": "correct horse battery", "code": "123456"},
    request_only=True,
)
TOKEN_ISSUED = OpenApiExample(
    "A token",
    value={"token": "vac_0f3f0b7e6d9c4b0f8d5a6f1f2c3b4a59", "expires_at": "2026-12-20T12:00:00Z"},
    response_only=True,
    status_codes=["201"],
)
TOKEN = OpenApiExample(
    "The token in use",
    value={
        "id": "vac_0f3f0b7e6d9",
        "created_at": "2026-11-20T12:00:00Z",
        "expires_at": "2026-12-20T12:00:00Z",
        "is_current": True,
    },
    response_only=True,
    status_codes=["200"],
)


def _unauthorized(name: str, code: str, detail: str) -> OpenApiExample:
    problem = problem_example(401, TOKEN_PATH)
    value = problem | {"code": code, "type": f"urn:vacancy:problem:{code}", "detail": detail}
    return OpenApiExample(name, value=value, response_only=True, status_codes=["401"])


CREDENTIALS_INVALID = _unauthorized(
    "Wrong password", "credentials_invalid", "The e-mail address or the password is not right."
)
CODE_NEEDED = _unauthorized(
    "Second factor", "second_factor_required", "Please send the code of your authenticator app, too."
)
