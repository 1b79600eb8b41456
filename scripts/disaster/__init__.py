"""The disaster exercise: the database is destroyed under load and brought back by the printed steps."""
