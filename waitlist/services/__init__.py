"""Writes of the waitlist: each a complete, committed change."""
