"""Charts that the server draws: data in, SVG out, no query, no script and no style attribute.

Colours, dashes and dark mode are classes (`static/css/components/chart.css`), so a chart obeys the
Content-Security-Policy and prints. Numbers a reader needs belong into a table beside it; the chart names itself with
``title`` and ``desc``.
"""

from .lines import NARROW, SERIES_STYLES, WIDE, ChartSize, LineChart, Point, Series, line_chart
from .scales import amount_ticks, day_ticks

__all__ = [
    "NARROW",
    "SERIES_STYLES",
    "WIDE",
    "ChartSize",
    "LineChart",
    "Point",
    "Series",
    "amount_ticks",
    "day_ticks",
    "line_chart",
]
