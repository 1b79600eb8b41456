"""How the whole installation is: one line for each part, what it means, and what to do.

# <app>/system_lines.py
@system_line("ledger", label=_("Ledger"), group=Group.DATA, reads=Reads.DATABASE)
def ledger() -> Finding: ...

system_report()     # what `manage.py system_check` and the page /admin/system/ show
"""

from .lines import Finding, Group, Reads, State, SystemLine, system_line, system_lines
from .report import Line, Report, system_report

__all__ = [
    "Finding",
    "Group",
    "Line",
    "Reads",
    "Report",
    "State",
    "SystemLine",
    "system_line",
    "system_lines",
    "system_report",
]
