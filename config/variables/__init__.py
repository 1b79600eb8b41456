"""Every variable of the environment: what it means, how it is read, and what is refused at the start.

The tables of this package are the only list. `python -m config.variables` writes docs/settings.md from them, settings
read through `env`, which also takes secrets from files, and production refuses what they do not know but seem to mean.
"""

from .environment import env
from .known import SECRETS, VARIABLES, variable_names
from .variable import Variable

__all__ = ["SECRETS", "VARIABLES", "Variable", "env", "variable_names"]
