"""Reads of the waitlist."""
