"""What every PDF of the house is made with: `drawn` sets text in fonts that have its letters."""

from .fonts import BOLD, REGULAR, drawn, text_runs

__all__ = ["BOLD", "REGULAR", "drawn", "text_runs"]
