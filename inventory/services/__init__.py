"""What inventory writes. Selling nights is in `inventory.services.nights`, inside the caller's transaction."""

from .allotments import block_create, block_delete, inventory_total_set
from .extending import ExtendReport, inventory_extend
from .price_partitions import price_partitions_drop, price_partitions_ensure
from .rates import pattern_delete, rate_reset, rate_set, rates_apply_pattern
from .rooms import rooms_create

__all__ = [
    "ExtendReport",
    "block_create",
    "block_delete",
    "inventory_extend",
    "inventory_total_set",
    "pattern_delete",
    "price_partitions_drop",
    "price_partitions_ensure",
    "rate_reset",
    "rate_set",
    "rates_apply_pattern",
    "rooms_create",
]
