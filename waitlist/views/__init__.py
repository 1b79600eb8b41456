"""The pages of guests who wait."""
