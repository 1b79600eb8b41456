"""Point in time: base backups, the archive of PostgreSQL's write-ahead log (WAL), and the way back to any moment."""
