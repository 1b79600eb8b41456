"""How the site grows: measured costs of a request, a queueing model of machines, and the tables of docs/scaling.md."""
