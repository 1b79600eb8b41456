"""The lines that know no domain. The apps above have theirs in ``system_lines.py``."""
