from django.contrib.admin.apps import AdminConfig


class VacancyAdminConfig(AdminConfig):
    """The admin with our site object (log-in of the house, our header and index)."""

    default_site = "config.admin.VacancyAdminSite"
