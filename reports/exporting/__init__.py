"""Which lists can be exported, and how their rows are read."""

from .sources import ExportColumn, ExportSource, export_source, export_source_of_list, export_sources

__all__ = ["ExportColumn", "ExportSource", "export_source", "export_source_of_list", "export_sources"]
