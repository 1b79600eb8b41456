"""Groups: made and changed, their rooms kept, picked up, given back on a day, and imported from a rooming list."""

from .blocks import group_blocks_cut, group_blocks_set
from .making import group_create, group_update
from .picking import group_pick_up, group_rooms_pick_up
from .releasing import group_cancel, group_release, groups_release
from .rooming import rooming_list_book, rooming_list_read

__all__ = [
    "group_blocks_cut",
    "group_blocks_set",
    "group_cancel",
    "group_create",
    "group_pick_up",
    "group_release",
    "group_rooms_pick_up",
    "group_update",
    "groups_release",
    "rooming_list_book",
    "rooming_list_read",
]
