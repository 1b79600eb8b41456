"""Reviews of the demo: stays of the last weeks in every house, and what their guests say, in their own languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from bookings.models import Booking, Review
from bookings.selectors.reviews import review_until
from bookings.services.reviews import review_moderate, review_reply_set, review_write
from bookings.transitions import BookingStatus
from inventory.models.ratings import RATING_CATEGORIES

from .stays import DemoStay, demo_guest

IMPORTED_REVIEWS_PER_HOUSE = 12


@dataclass(frozen=True, slots=True)
class DemoReview:
    """What somebody says: ``points`` in the order of the categories."""

    language: str
    name: str
    country: str
    title: str
    text: str
    points: str
    reply: str = ""


VOICES = (
    DemoReview("en", "Maya Lindqvist", "SE", "We will be back", "Quiet at night, warm bread in the morning, and "
               "somebody at the desk who knew where to rent a bicycle.", "54555", "Thank you, Maya. They wait."),
    DemoReview("de", "Jonas Keller", "DE", "Ruhig und sauber", "Das Zimmer ging zum Hof, kein Laut in der Nacht. "
               "Das Frühstück dürfte früher beginnen.", "54454"),
    DemoReview("fr", "Camille Roux", "FR", "Un vrai coup de cœur", "Accueil chaleureux, lit confortable, et la vue "
               "au petit matin vaut le détour.", "55555"),
    DemoReview("en", "Oliver Grant", "GB", "Good, with one lift", "Everything works and everybody is kind. With one "
               "lift for five floors, take the stairs at eleven.", "44453",
               "You are right about the lift. A second one is being built next spring."),
    DemoReview("es", "Lucía Herrera", "ES", "Muy bien situado", "A diez minutos a pie de todo. La habitación es "
               "pequeña, pero no le falta nada.", "53554"),
    DemoReview("pt", "Carla Mendes", "PT", "Como em casa", "Trataram-nos pelo nome desde o primeiro dia. O quarto "
               "cheirava a lençóis lavados.", "55455"),
    DemoReview("en", "Daniel Weiss", "CH", "Fair price", "We paid what the page said, to the cent, and cancelled one "
               "of two rooms without a discussion.", "44445"),
    DemoReview("de", "Familie Gruber", "AT", "Für Familien richtig", "Das zweite Zimmer lag gleich daneben, und für "
               "die Kinder gab es Stühle in ihrer Größe.", "55455", "Grüßen Sie die Kinder von uns!"),
    DemoReview("fr", "Hugo Lambert", "FR", "Bien, mais bruyant", "Chambre impeccable, mais la rue se réveille à six "
               "heures. Demandez le côté jardin.", "43344"),
    DemoReview("en", "Emma Nielsen", "DK", "", "The heating took an hour to notice us. After that: perfect.", "53444"),
    DemoReview("es", "Pablo Ferrer", "ES", "Repetiremos", "Desayuno excelente y recepción atenta a cualquier hora.",
               "54554"),
    DemoReview("en", "Yuki Tanaka", "JP", "Small room, big window", "I came for work and stayed a day longer for the "
               "window.", "54554"),
)  # fmt: skip

ROOMS = (
    ("haus-am-kanal-berlin", "D"), ("wharf-house-london", "C"), ("orchard-street-hotel-new-york", "Q"),
    ("hotel-limmatblick-zurich", "D"), ("loftet-copenhagen", "B"), ("hotel-des-tuiles-paris", "P"),
    ("sumida-garden-hotel-tokyo", "S"), ("pension-linden-vienna", "D"), ("casa-da-ribeira-porto", "L"),
    ("pensao-alecrim-lisbon", "T"),
)  # fmt: skip
"""Houses and room types that are free on most days."""

STAYS_PER_HOUSE = 3


def reviewed_stays() -> Iterator[tuple[DemoStay, DemoReview]]:
    """Stays that are over, each with what its guest says of it."""
    for number in range(len(ROOMS) * STAYS_PER_HOUSE):
        house, room_type = ROOMS[number % len(ROOMS)]
        voice = VOICES[(number * 5) % len(VOICES)]
        yield (
            DemoStay(
                code=f"reviewed-{number}",
                house=house,
                room_type=room_type,
                arrives_in=-12 - 4 * (number // len(ROOMS)) - number % 4,
                nights=2,
                adults=1 if room_type in {"S", "E"} else 2,
                guest=demo_guest(voice.name, voice.country, language=voice.language),
                made_ago=40,
                ends="lived",
            ),
            voice,
        )


def review_load(*, booking: Booking, voice: DemoReview, chain: User, at: datetime) -> Review | None:
    """Write and publish what a guest says of a stay that is over; one that is there, or is not possible, is left."""
    known = Review.objects.filter(booking=booking).first()
    if known is not None or booking.status != BookingStatus.CHECKED_OUT or at > review_until(booking):
        return known
    written_at = min(at, (booking.checked_out_at or at) + timedelta(days=1))
    points = dict(zip(RATING_CATEGORIES, map(int, voice.points), strict=True))
    review = review_write(
        booking_id=booking.pk,
        points=points,
        title=voice.title,
        text=voice.text,
        language=voice.language,
        at=written_at,
    )
    review = review_moderate(review_id=review.pk, is_published=True, actor=chain, at=written_at)
    if voice.reply:
        review = review_reply_set(review_id=review.pk, text=voice.reply, actor=chain, at=at)
    return review


def imported_reviews_load(*, slugs: tuple[str, ...], chain: User, at: datetime) -> None:
    """Let some guests of the imported bookings speak, too."""
    for slug in slugs:
        stays = Booking.objects.with_summary().filter(
            property__slug=slug,
            status=BookingStatus.CHECKED_OUT,
            departure__gte=(at - timedelta(days=150)).date(),
        )
        for number, booking in enumerate(stays.order_by("departure", "pk")[:IMPORTED_REVIEWS_PER_HOUSE]):
            review_load(booking=booking, voice=VOICES[(number * 7) % len(VOICES)], chain=chain, at=at)
