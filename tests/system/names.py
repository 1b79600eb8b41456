"""What the tests and their programs call things."""

CALLS = "tests.calls"
