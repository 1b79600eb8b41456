"""Writing by COPY."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from core.bulk import ids_reserve, rows_copy, values_present
from core.references import REFERENCE_ALPHABET, references_new
from inventory.models import Amenity

pytestmark = pytest.mark.django_db


def test_rows_are_written_under_reserved_keys() -> None:
    first, second = ids_reserve(Amenity, 2)
    rows_copy(
        Amenity, ("id", "code", "name"), [(first, "sauna", "Sauna"), (second, "roof", "Roof\twith a\ntab")]
    )

    assert list(Amenity.objects.order_by("id").values_list("id", "name")) == [
        (first, "Sauna"),
        (second, "Roof\twith a\ntab"),
    ]
    assert Amenity.objects.create(code="third").pk > second
    assert ids_reserve(Amenity, 0) == []


def test_constraints_are_at_work() -> None:
    with pytest.raises(IntegrityError):
        rows_copy(Amenity, ("code", "name"), [("sauna", "Sauna"), ("sauna", "Sauna")])


def test_values_that_are_there() -> None:
    Amenity.objects.create(code="sauna")

    assert values_present(Amenity, "code", ["sauna", "roof"]) == {"sauna"}


def test_many_references_are_as_random_as_one() -> None:
    references = references_new(5000)

    assert len(set(references)) == 5000
    assert {len(reference) for reference in references} == {8}
    assert set("".join(references)) == set(REFERENCE_ALPHABET)
    assert references_new(0) == []
