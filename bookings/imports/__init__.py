"""Bookings of other systems, read from the columns of the hotel booking demand datasets.

`source` reads files, `rows` judges rows, `shifting` moves them in time, `survey` measures what they need, `houses` and
`prices` found the properties, `writing` writes bookings in batches, `services` puts it together.
"""
