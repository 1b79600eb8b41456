"""Charts that the server draws: data in, SVG out, no query, no script and no style attribute.

Colours, dashes and dark mode are classes (`static/css/components/chart.css`), so a chart obeys the
Content-Security-Policy and prints. Numbers a reader needs belong into a table beside it; the chart names itself with
``title`` and ``desc``. `line_chart` is over time; a `Plot` over days or names, with links on its bars;
`core.charts.documents` draws plots into PDFs.
"""

from .lines import NARROW, SERIES_STYLES, WIDE, ChartSize, LineChart, Point, Series, line_chart
from .plots import Mark, Plot, PlotSeries
from .scales import amount_ticks, day_ticks
from .svg import plot_svg, sparkline_svg, swatch_svg

__all__ = [
    "NARROW",
    "SERIES_STYLES",
    "WIDE",
    "ChartSize",
    "LineChart",
    "Mark",
    "Plot",
    "PlotSeries",
    "Point",
    "Series",
    "amount_ticks",
    "day_ticks",
    "line_chart",
    "plot_svg",
    "sparkline_svg",
    "swatch_svg",
]
