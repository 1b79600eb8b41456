"""Setting, changing, confirming and deleting price alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import discount_for_user
from core.dates import StayDates, property_today
from core.exceptions import NotFound, ValidationFailed, translate_integrity_errors
from core.formats import format_stay
from core.money import round_money
from core.references import reference_new
from inventory.exceptions import UnknownRoomType
from inventory.models import Property, RoomType
from inventory.selectors.cheapest import StayWish, cheapest_offers
from inventory.types import Party
from notifications.contexts import property_context
from notifications.services import language_supported, notification_enqueue
from notifications.types import GENERIC
from waitlist.alert_exceptions import AlertReached, AlertsTooMany
from waitlist.alert_links import alert_url
from waitlist.models import AlertStatus, PriceAlert
from waitlist.models.alerts import DROP_PERCENT_MAX, DROP_PERCENT_MIN
from waitlist.selectors.alerts import alerts_open_of

ALERTS_PER_ACCOUNT = 20
ALERTS_PER_ADDRESS = 5
"""Of somebody without an account."""
CONFIRM_HOURS = 48
STAY_MAX_NIGHTS = 60


@dataclass(frozen=True, slots=True)
class AlertWish:
    """What somebody waits for: ``target_total`` (in the property's currency) or less, or ``drop_percent`` less.

    Raises `ValidationFailed` unless exactly one is given, within its limits.
    """

    target_total: Decimal | None = None
    drop_percent: int | None = None

    def __post_init__(self) -> None:
        if (self.target_total is None) == (self.drop_percent is None):
            raise ValidationFailed(gettext_lazy("Give either a price or a percentage."), field="target_total")
        if self.target_total is not None and self.target_total <= 0:
            raise ValidationFailed(gettext_lazy("A price above zero is needed."), field="target_total")
        if self.drop_percent is not None and not DROP_PERCENT_MIN <= self.drop_percent <= DROP_PERCENT_MAX:
            raise ValidationFailed(
                gettext_lazy("Between %(least)d and %(most)d percent.")
                % {"least": DROP_PERCENT_MIN, "most": DROP_PERCENT_MAX},
                field="drop_percent",
            )


def alert_create(
    *,
    property_id: int,
    room_type_id: int | None,
    stay: StayDates,
    party: Party,
    wish: AlertWish,
    user: User | None = None,
    email: str = "",
    name: str = "",
    language: str = "en",
    at: datetime | None = None,
) -> PriceAlert:
    """Watch the price of a stay.

    An account's alert is active at once and speaks to the account's address. Without an account it waits until
    ``email`` was confirmed by the link that is sent there, and sends nothing else before. About ten queries, one
    transaction. Raises `NotFound`, `UnknownRoomType`, `ValidationFailed`, `AlertReached`, `AlertsTooMany` and
    `AlertExists`.
    """
    at = at or timezone.now()
    house, room_type = _house(property_id, room_type_id)
    _stay_check(house, stay, at)
    email = user.email if user is not None else email.strip()
    if not email:
        raise ValidationFailed(gettext_lazy("An e-mail address is needed."), field="email")
    total = current_total(
        property_id=property_id, room_type_id=room_type_id, stay=stay, party=party, user=user, at=at
    )
    with translate_integrity_errors(), transaction.atomic(durable=True):
        _limit_check(user, email)
        alert = PriceAlert(
            reference=reference_new(),
            property=house,
            room_type=room_type,
            user=user,
            guest_name=user.full_name if user is not None else name.strip(),
            guest_email=email,
            language=language_supported(user.language if user is not None else language),
            arrival=stay.arrival,
            departure=stay.departure,
            rooms=party.rooms,
            adults=party.adults,
            children_ages=list(party.children_ages),
            currency=house.currency,
            status=AlertStatus.ACTIVE if user is not None else AlertStatus.PENDING,
            confirmed_at=at if user is not None else None,
            last_total=total,
            checked_at=at,
        )
        _wish_set(alert, wish, total)
        alert.save(force_insert=True)
        if user is None:
            _confirmation_enqueue(alert)
    return alert


def alert_confirm(*, alert: PriceAlert, at: datetime | None = None) -> PriceAlert:
    """Begin to watch: the address is its owner's. Again, it does nothing. Locks the alert. Two queries."""
    with transaction.atomic(durable=True):
        row = PriceAlert.objects.select_for_update(of=("self",)).filter(pk=alert.pk).first()
        if row is None:
            raise NotFound
        if row.status == AlertStatus.PENDING:
            row.status, row.confirmed_at = AlertStatus.ACTIVE, at or timezone.now()
            row.save(update_fields=["status", "confirmed_at", "updated_at"])
    return row


def alert_change(*, alert: PriceAlert, wish: AlertWish, at: datetime | None = None) -> PriceAlert:
    """Wait for something else; a percentage counts from what the stay costs now. Locks the alert. About seven queries.

    Raises `AlertReached`, `ValidationFailed` and `NotFound`.
    """
    at = at or timezone.now()
    total = current_total(
        property_id=alert.property_id,
        room_type_id=alert.room_type_id,
        stay=alert.stay,
        party=alert.party,
        user=alert.user,
        at=at,
    )
    with transaction.atomic(durable=True):
        row = PriceAlert.objects.select_for_update(of=("self",)).filter(pk=alert.pk).first()
        if row is None or row.status == AlertStatus.ENDED:
            raise NotFound
        _wish_set(row, wish, total)
        row.last_total, row.checked_at = total, at
        row.save()
    return row


def alert_delete(*, alert: PriceAlert) -> None:
    """Forget an alert and what it told. Again, it does nothing."""
    PriceAlert.objects.filter(pk=alert.pk).delete()


def current_total(
    *,
    property_id: int,
    room_type_id: int | None,
    stay: StayDates,
    party: Party,
    user: User | None,
    at: datetime | None = None,
) -> Decimal | None:
    """Return the least the stay can be booked for now, None if it cannot. Four queries, three without an account."""
    wish = StayWish(stay, party, room_type_id, discount_for_user(user))
    best = cheapest_offers(property_id=property_id, wishes=[wish], at=at)[0]
    return None if best is None else best.total


def _wish_set(alert: PriceAlert, wish: AlertWish, total: Decimal | None) -> None:
    """Put a wish into an alert, measured by what the stay costs now."""
    if wish.target_total is not None:
        target = round_money(wish.target_total, alert.currency)
        if total is not None and total <= target:
            raise AlertReached(field="target_total", data={"total": str(total), "currency": alert.currency})
        alert.target_total, alert.drop_percent = target, None
        alert.reference_total, alert.is_armed = total, True
        return
    if total is None:
        raise ValidationFailed(
            gettext_lazy(
                "There is no price to compare with now, because the stay cannot be booked. Give a price."
            ),
            field="drop_percent",
        )
    alert.target_total, alert.drop_percent = None, wish.drop_percent
    alert.reference_total, alert.is_armed = total, True


def _house(property_id: int, room_type_id: int | None) -> tuple[Property, RoomType | None]:
    house = Property.objects.published().filter(pk=property_id).first()
    if house is None:
        raise NotFound
    if room_type_id is None:
        return house, None
    room_type = RoomType.objects.active().filter(pk=room_type_id, property=house).first()
    if room_type is None:
        raise UnknownRoomType(field="room_type")
    return house, room_type


def _stay_check(house: Property, stay: StayDates, at: datetime) -> None:
    if stay.arrival < property_today(house.time_zone, at):
        raise ValidationFailed(gettext_lazy("The arrival is in the past."), field="arrival")
    if stay.nights > STAY_MAX_NIGHTS:
        raise ValidationFailed(
            gettext_lazy("A stay has at most %(nights)d nights.") % {"nights": STAY_MAX_NIGHTS},
            field="departure",
        )


def _limit_check(user: User | None, email: str) -> None:
    limit = ALERTS_PER_ADDRESS if user is None else ALERTS_PER_ACCOUNT
    if alerts_open_of(user=user, email=email) >= limit:
        raise AlertsTooMany(data={"limit": limit})


def _confirmation_enqueue(alert: PriceAlert) -> None:
    """Ask the address whether it wants this, in its language, in the caller's transaction."""
    with translation.override(alert.language):
        house = alert.property
        stay = {"name": house.name, "stay": format_stay(alert.arrival, alert.departure)}
        notification_enqueue(
            type=GENERIC,
            recipient=alert.guest_email,
            context={
                "name": alert.guest_name,
                "title": _("Shall we watch this price for you?"),
                "paragraphs": [
                    _("Somebody, probably you, asked us to tell this address when this stay gets cheaper:")
                    + f" {stay['name']}, {stay['stay']}.",
                    _(
                        "Please confirm within %(hours)d hours. If it was not you, do nothing: nothing is sent."
                    )
                    % {"hours": CONFIRM_HOURS},
                ],
                "action_url": alert_url(alert),
                "action_label": _("Yes, watch this price"),
                "property": property_context(house),
            },
            dedup_key=f"price_alert_confirm:{alert.reference}",
            language=alert.language,
            property_id=house.pk,
        )


def confirm_deadline(alert: PriceAlert) -> datetime:
    """Until when an address may be confirmed."""
    return alert.created_at + timedelta(hours=CONFIRM_HOURS)
