"""Runs the whole site on one machine: servers, web, worker and scheduler as one group that starts and stops together.

`python -m config.supervisor` (which is `make run`) holds the embedded servers, prepares the database, starts the three
programs, starts one again that ends by itself, and on Ctrl-C or SIGTERM stops everything in order. Should the
supervisor itself be killed, the kernel tells the programs, and the servers' keeper notices too. Should the keeper be
killed, the servers end with it, and both are started again.
"""
