"""Measuring the whole: how fast it answers with a chain's data, and how many guests it carries at once.

`python -m benchmarks` is `make bench`, `python -m benchmarks.load` is `make load`. Nobody imports this package.
"""
