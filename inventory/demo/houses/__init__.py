"""The houses of the demo, one module for each."""

from . import (
    alpbach,
    berlin,
    copenhagen,
    faro,
    lisbon,
    london,
    new_york,
    paris,
    porto,
    tokyo,
    tunis,
    vienna,
    zuerich,
)

HOUSES = (
    lisbon.HOUSE,
    porto.HOUSE,
    faro.HOUSE,
    tunis.HOUSE,
    berlin.HOUSE,
    vienna.HOUSE,
    alpbach.HOUSE,
    zuerich.HOUSE,
    copenhagen.HOUSE,
    paris.HOUSE,
    london.HOUSE,
    new_york.HOUSE,
    tokyo.HOUSE,
)

__all__ = ["HOUSES"]
