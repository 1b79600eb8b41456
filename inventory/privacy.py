"""What the inventory holds about people: next to nothing. Calendars of other channels may name a guest."""

from django.utils.translation import gettext_lazy as _

from accounts.privacy import holds, holds_nothing

CATALOGUE = "what the house sells and says of itself"
TERMS = "prices and terms of the house"
COPY = "a copy of what another channel's calendar says, which goes when it no longer says so"

holds_nothing("inventory.amenity", "code name", reason=CATALOGUE)
holds_nothing("inventory.property_amenities", reason=CATALOGUE)
holds_nothing(
    "inventory.property",
    "name slug description address postal_code city country time_zone currency email phone directions "
    "house_rules brand_color logo legal_name tax_number invoice_prefix invoice_footer gateways",
    reason="the business itself",
)
holds_nothing("inventory.propertyphoto", "image alt", reason=CATALOGUE)
holds_nothing("inventory.roomtype_amenities", reason=CATALOGUE)
holds_nothing("inventory.roomtype", "code name description beds", reason=CATALOGUE)
holds_nothing("inventory.roomtypephoto", "image alt", reason=CATALOGUE)
holds_nothing(
    "inventory.calendarfeed", "nonce token_hash content_hash", reason="keys of feeds of free nights"
)
holds_nothing(
    "inventory.externalcalendar",
    "name url etag last_modified error error_code",
    reason="settings of the house",
)
holds(
    "inventory.externalevent",
    title=_("Calendars of other channels"),
    scans=True,
    find=lambda person: person.by_text("summary"),
    personal=("summary",),
    plain=("uid", "occurrence"),
    reason=COPY,
)
holds(
    "inventory.calendarconflict",
    find=lambda person: person.by_text("summary"),
    personal=("summary",),
    plain=("nights", "state", "resolution"),
    reason=COPY,
)
holds_nothing(
    "inventory.room", "number floor features housekeeping housekeeping_note", reason="the house's rooms"
)
holds_nothing("inventory.roomclosure", "kind reason", reason="why a room is closed")
holds_nothing("inventory.extra", "name description unit tax_name", reason=CATALOGUE)
holds_nothing("inventory.pricechange", "nights currency", reason=TERMS)
holds_nothing("inventory.roominventory", reason="counts")
holds_nothing("inventory.inventoryblock", "reason kind", reason="why rooms are blocked")
holds_nothing("inventory.depositpolicy", "name kind", reason=TERMS)
holds_nothing("inventory.cancellationpolicy", "name guest_changes", reason=TERMS)
holds_nothing("inventory.cancellationtier", "penalty_kind", reason=TERMS)
holds_nothing("inventory.rateedit", "kind status wish changes", reason=TERMS)
holds_nothing("inventory.rateplan_room_types", reason=TERMS)
holds_nothing("inventory.rateplan", "code name description board derived_kind", reason=TERMS)
holds_nothing("inventory.ratepattern", "name", reason=TERMS)
holds_nothing("inventory.rate", reason=TERMS)
holds_nothing("inventory.occupancyprice", "guests kind", reason=TERMS)
holds_nothing("inventory.specialday", "name kind", reason=TERMS)
holds_nothing("inventory.propertyrating", reason="sums of points")
holds_nothing("inventory.restriction", "note", reason=TERMS)
holds_nothing("inventory.bookingrule", reason=TERMS)
holds_nothing("inventory.tax", "name kind", reason=TERMS)
holds_nothing("inventory.equipment", "code name", reason=CATALOGUE)
holds_nothing("inventory.space_equipment", reason=CATALOGUE)
holds_nothing("inventory.space", "name slug description building floor", reason=CATALOGUE)
holds_nothing("inventory.spacephoto", "image alt", reason=CATALOGUE)
holds_nothing("inventory.spacehours", reason=TERMS)
holds_nothing("inventory.spaceclosure", "reason", reason="why a space is closed")
holds_nothing("inventory.spaceprice", reason=TERMS)
holds_nothing("inventory.spacefeed", "nonce token_hash", reason="keys of feeds of free times")
