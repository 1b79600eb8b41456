"""docs/settings.md, as the tables say it."""

from __future__ import annotations

from .known import SECRETS, SECTIONS
from .variable import Variable

HEAD = """\
# Settings

Every variable of the environment that Vacancy looks at. Written by `python -m config.variables`: change
`config/variables/`, not this page.

Production (`DJANGO_SETTINGS_MODULE=config.settings.production`) needs what is marked **must**; development needs
nothing. Production does not start when one of these is missing, or when a variable is set that looks like one of ours
and is none (`DATABSE_URL`, `STRIPE_KEY`): all that is wrong stands in one sentence. `python -m config.variables
--check` says the same without starting anything.

## Secrets

A secret is a variable, or a file whose path stands in the variable with `_FILE` behind its name:
`SECRET_KEY_FILE=/run/secrets/secret_key`. Both at once are refused, as is a file that cannot be read or is empty. The
end of its last line does not count. Files are better: what is in the environment is passed on to every program, and
shown by tools. A secret may be changed by writing the file and starting again.

From files can come: {secrets}.
"""
TABLE = """\
| variable | meaning | default | who needs it | example |
|---|---|---|---|---|"""


def settings_page() -> str:
    """The whole page."""
    parts = [HEAD.format(secrets=", ".join(f"`{name}`" for name in sorted(SECRETS)))]
    for section in SECTIONS:
        rows = "\n".join(map(_row, section.variables))
        parts.append(f"## {section.title}\n\n{TABLE}\n{rows}\n")
    return "\n".join(parts)


def _row(variable: Variable) -> str:
    needed = f"**must**: {variable.needed_by}" if variable.required else variable.needed_by
    example = f"`{variable.example}`" if variable.example else ("a file" if variable.secret else "")
    cells = (f"`{variable.name}`", variable.meaning, variable.default, needed, example)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
