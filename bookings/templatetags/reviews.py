"""`{% load reviews %}{% rating_json_ld property rating %}`: a house's rating for search engines."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from bookings.selectors.reviews import RatingSummary
from inventory.models.ratings import RATING_MAX
from inventory.selectors import PropertySummary

register = template.Library()

_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def rating_json_ld(house: PropertySummary, rating: RatingSummary) -> SafeString:
    """The house and its rating as schema.org's JSON-LD.

    A block of data, which a Content-Security-Policy lets pass: nothing in it is run.
    """
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Hotel",
        "name": house.name,
        "url": settings.SITE_URL + reverse("inventory:property", args=[house.slug]),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": house.address,
            "postalCode": house.postal_code,
            "addressLocality": house.city,
            "addressCountry": house.country,
        },
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": str(rating.score),
            "bestRating": RATING_MAX,
            "worstRating": 1,
            "reviewCount": rating.review_count,
        },
    }
    text = json.dumps(document, ensure_ascii=False).translate(_ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308 - escaped above, as json_script does
    )
