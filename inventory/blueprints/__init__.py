"""Whole houses from plain descriptions, written in bulk: what an import or a demo founds before it can be sold."""

from .build import property_build
from .nights import nights_build, property_open
from .types import (
    CancellationBlueprint,
    DepositBlueprint,
    OccupancyBlueprint,
    PriceSeason,
    PropertyBlueprint,
    RatePlanBlueprint,
    RoomTypeBlueprint,
    TaxBlueprint,
)

__all__ = [
    "CancellationBlueprint",
    "DepositBlueprint",
    "OccupancyBlueprint",
    "PriceSeason",
    "PropertyBlueprint",
    "RatePlanBlueprint",
    "RoomTypeBlueprint",
    "TaxBlueprint",
    "nights_build",
    "property_build",
    "property_open",
]
