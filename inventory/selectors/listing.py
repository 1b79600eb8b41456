"""Properties for lists: filtered by what does not depend on a stay."""

from __future__ import annotations

from collections.abc import Collection

from .destinations import catalogues_of, destination_ids, fold
from .summaries import PropertySummary


def properties_list(
    *,
    search: str = "",
    city: str = "",
    country: str = "",
    stars: int | None = None,
    amenities: Collection[str] = (),
) -> list[PropertySummary]:
    """Return published properties by name, those of a search the best first. No query if cached, else three.

    ``search`` is what a search calls its destination; ``city`` and ``country`` (a code) must be equal but for case and
    accents; ``stars`` is the fewest; ``amenities`` are codes, all of them wanted.
    """
    wanted = set(amenities)
    ids = destination_ids(search)
    catalogues = catalogues_of(property_ids=ids)
    return [
        catalogue.property
        for catalogue in (catalogues[key] for key in ids if key in catalogues)
        if (not city or fold(catalogue.property.city) == fold(city))
        and (not country or catalogue.property.country == country.upper())
        and (stars is None or (catalogue.property.stars or 0) >= stars)
        and wanted <= {amenity.code for amenity in catalogue.property.amenities}
    ]
