from hypothesis import given
from hypothesis import strategies as st

from core.references import (
    REFERENCE_ALPHABET,
    reference_new,
    reference_normalise,
    token_hash,
    token_matches,
    token_new,
)


def test_references_have_no_ambiguous_characters_and_do_not_repeat() -> None:
    references = {reference_new() for _ in range(5_000)}

    assert len(references) == 5_000
    assert {len(reference) for reference in references} == {8}
    assert set("".join(references)) == set(REFERENCE_ALPHABET)
    assert not set(REFERENCE_ALPHABET) & set("0O1IL5S8B2Z")


def test_a_reference_is_understood_as_people_type_it() -> None:
    assert reference_normalise(" k7xm-3pqr ") == "K7XM3PQR"


@given(st.text(max_size=40))
def test_a_token_matches_its_hash_and_no_other(text: str) -> None:
    token = token_new()

    assert len(token) >= 32
    assert token_matches(token, token_hash(token))
    assert not token_matches(text, token_hash(token))
    assert not token_matches(text, "")
