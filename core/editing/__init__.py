"""Two people who edit one thing never overwrite each other.

A form carries what it showed when it was opened, signed (`values`). When it is sent, that is compared with the row as
it is now, under a lock; what somebody else has changed since is shown field by field, with who and when from the log,
and what one has not touched oneself takes their value (`conflicts`). Services that lock by themselves ask
`rows_unchanged` after locking (`expecting`).
"""

from .expecting import expecting, rows_unchanged

__all__ = ["expecting", "rows_unchanged"]
