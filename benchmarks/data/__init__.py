"""Data of a chain of hotels, of any size and always the same."""
