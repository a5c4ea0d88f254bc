"""The ways out of the school, and which one is set. Each is imported only where it is gone."""

from pathlib import Path

from sendbook.mail.settings import MailSettings, lacking
from sendbook.mail.way import Way
from sendbook.workbook.safe import CannotDo


def way_of(settings: MailSettings, folder: Path) -> Way:
    """The way that is set. `folder`: where files of drafts go. Raises CannotDo where something it needs is not set."""
    if missing := lacking(settings):
        raise CannotDo(missing)
    if settings.way == "smtp":
        from sendbook.mail.ways.smtp import SmtpWay

        return SmtpWay(settings)
    if settings.way in ("graph", "graph-drafts"):
        from sendbook.mail.ways.graph import GraphWay

        return GraphWay(settings)
    if settings.way in ("outlook", "outlook-drafts"):
        from sendbook.mail.ways.outlook import OutlookWay

        return OutlookWay(settings)
    from sendbook.mail.ways.drafts import DraftsWay

    return DraftsWay(settings, folder)
