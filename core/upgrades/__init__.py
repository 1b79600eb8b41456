"""Upgrades that cannot half-happen: what a migration may do, what an upgrade checks, applies and takes back.

``linting`` refuses migrations that lock a large table or break the version that still runs, ``changelog`` says in words
what each did, ``manage.py upgrade`` carries them out and knows the way back. See docs/upgrades.md.
"""
