"""Guests who wait for a room, and what they were offered."""
