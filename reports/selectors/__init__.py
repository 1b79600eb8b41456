"""Everything that reads figures. Reports are run through `reports.catalogue`, which sees to it that they are exact."""
