"""Whom to contact, and where independent advice is."""

import re

from sendbook.summaries.model import Line, Section
from sendbook.summaries.words import tidy
from sendbook.tables import School

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SITE = re.compile(r"(?:https?://)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:[/?#][^\s<>\"]*)?")
_PHONE = re.compile(r"\+?[0-9 ()-]{7,20}")


def link(text: str) -> str:
    """Where a click on contact details leads: an email address, a phone number, a site; nothing for other text."""
    if _EMAIL.fullmatch(text):
        return f"mailto:{text}"
    if _PHONE.fullmatch(text):
        return f"tel:{re.sub('[^0-9+]', '', text.replace('(0)', ''))}"
    if _SITE.fullmatch(text):
        return text if text.startswith("http") else f"https://{text}"
    return ""


def _line(label: str, text: str | None) -> tuple[Line, ...]:
    said = tidy(text)
    return (Line(label, said, link(said)),) if said else ()


def contact_section(school: School) -> Section:
    """The SENCo, and how to get in touch."""
    senco = tidy(school.senco)
    if senco:
        who = f"Please contact {senco}, our special educational needs co-ordinator (SENCo for short)."
    else:
        who = "Please contact the school office. Ask for the special educational needs co-ordinator (SENCo for short)."
    lines = _line("Email", school.senco_email) + _line("Phone", school.senco_phone) + _line("Website", school.website)
    return Section("contact", "Who to contact", (who,), lines=lines)


def advice_section(school: School) -> Section:
    """Advice from outside the school (SENDIASS), and the local offer. Children and Families Act 2014, s30 and s32."""
    service, area = tidy(school.sendiass), tidy(school.local_authority)
    if service or school.sendiass_contact:
        who = "You can get free advice from people outside the school."
        who += f" They are called {service}." if service else ""
    else:
        who = "Each area has a free advice service for families. It is not run by the school. Please ask us how to reach it."
    lister = f"{area} keeps a list of all help in the area." if area else "Each area keeps a list of all help there."
    offer = f"{lister} It is called the local offer."
    lines = _line("Advice", school.sendiass_contact) + _line("Local offer", school.local_offer)
    return Section("advice", "Free advice for families", (who, offer), lines=lines)
