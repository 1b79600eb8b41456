"""Properties for lists: filtered by what does not depend on a stay."""

from __future__ import annotations

from collections.abc import Collection

from .destinations import catalogues_of, destination_ids, destinations_get, fold
from .summaries import PropertySummary


def properties_list(
    *,
    search: str = "",
    city: str = "",
    country: str = "",
    stars: int | None = None,
    amenities: Collection[str] = (),
) -> list[PropertySummary]:
    """Return published properties by name. No query if cached, else nine, however many there are.

    ``search`` is what a search calls its destination; ``city`` and ``country`` (a code) must be equal but for case and
    accents; ``stars`` is the fewest; ``amenities`` are codes, all of them wanted.
    """
    found = set(destination_ids(search))
    ids = [
        entry.property_id
        for entry in destinations_get()
        if entry.property_id in found
        and (not city or fold(entry.city) == fold(city))
        and (not country or entry.country == country.upper())
        and (stars is None or (entry.stars or 0) >= stars)
    ]
    catalogues = catalogues_of(property_ids=ids)
    wanted = set(amenities)
    return [
        catalogues[key].property
        for key in ids
        if key in catalogues and wanted <= {amenity.code for amenity in catalogues[key].property.amenities}
    ]
