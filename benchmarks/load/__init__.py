"""How many guests the production server carries at once, and where it breaks."""
