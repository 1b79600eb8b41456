"""What the next version has more than this one: a column of bookings, read and written with every booking."""
