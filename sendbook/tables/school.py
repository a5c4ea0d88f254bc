"""The school itself, its term dates, the weeks that follow from them, and the lists behind the dropdowns."""

from sendbook.tables.cells import Date, Kind, Money, Phase, Text, Whole, YesNo
from sendbook.tables.columns import Formula, Highlight, Privacy, Row, column

PARENT, TEAM = Privacy.PARENT, Privacy.TEAM


class School(Row):
    """The school's own details and the settings of the costing; a form with one record."""

    table = "School"
    about = "Your school's details and the settings that the costing and the summaries use."
    layout = "form"

    name: Text = column("School name", "As parents know it; printed on every summary.", privacy=PARENT, needed=True)
    urn: Text = column("URN", "Six-digit unique reference number.", privacy=PARENT)
    laestab: Text = column("LAESTAB", "Local authority number and establishment number, for example 801/2001.")
    local_authority: Text = column("Local authority", "The authority the school is in.", privacy=PARENT)
    phase: Phase = column("Phase", "Kind of school.")
    headteacher: Text = column("Headteacher", "Name as on letters.", privacy=PARENT)
    senco: Text = column("SENCo", "Name as on letters; parents are asked to contact this person.", privacy=PARENT, needed=True)
    senco_email: Text = column("SENCo email", "Parents reply to this address.", privacy=PARENT)
    senco_phone: Text = column("SENCo phone", "Number parents may ring.", privacy=PARENT)
    website: Text = column("School website", "Address of the school's site.", privacy=PARENT)
    sendiass: Text = column("SENDIASS", "Name of the independent advice service for parents in your area.", privacy=PARENT)
    sendiass_contact: Text = column("SENDIASS contact", "Its phone number, email or site.", privacy=PARENT)
    local_offer: Text = column("Local offer", "Address of the local authority's local offer.", privacy=PARENT)
    logo: Text = column("Logo file", "A PNG, JPEG or SVG file beside this workbook, for example logo.png.")
    colour: Text = column("Colour", "The school's colour for summaries, as #RRGGBB, for example #1F4E79.")
    costing_from: Date = column("Costing year from", "First day of the year the costing covers.", needed=True)
    costing_to: Date = column("Costing year to", "Last day of the year the costing covers.", needed=True)
    pupil_weeks: Whole = column("Weeks in the school year", "39 as a rule; some local authorities cost 38. No group is costed for more.")
    notional_budget: Money = column("Notional SEN budget", "For the costing year, in pounds.", privacy=TEAM)
    young_person_age: Whole = column("Age to ask the young person", "From this age the young person is asked; 16 by law.")
    show_costs: YesNo = column("Costs in summaries", "Yes prints what support costs in parents' summaries; left out as a rule.")


class Term(Row):
    """A half term: a run of school days without a holiday week."""

    table = "Terms"
    about = "Term dates, one row for each half term. The costing counts school weeks from them."

    name: Text = column("Term", "For example Autumn 1.", needed=True, privacy=PARENT)
    start: Date = column("Start", "First day pupils are in school.", width=13, needed=True, privacy=PARENT)
    end: Date = column("End", "Last day pupils are in school.", width=13, needed=True, privacy=PARENT)
    notes: Text = column("Notes", "INSET days and the like.", width=30)

    highlights = (Highlight("end", 'AND([@End]<>"",[@Start]<>"",[@End]<[@Start])'),)


class SchoolWeek(Row):
    """A week of the costing year; made by formulas from School and Terms."""

    table = "Weeks"
    about = "The weeks of the costing year, worked out from School and Terms. Weeks run are counted here."
    derived = 54
    formulas = (
        Formula(
            "Monday",
            "First day of the week.",
            "School_costing_from-MOD(School_costing_from-2,7)+7*(ROW()-ROW(Weeks[[#Headers],[Monday]])-1)",
            Kind.DATE,
            13,
        ),
        Formula(
            "In school",
            "1 where pupils are in school on some weekday of the week within the costing year, else 0.",
            "IF(AND([@Monday]<=School_costing_to,[@Monday]+4>=School_costing_from,"
            'COUNTIFS(Terms[Start],"<="&MIN([@Monday]+4,School_costing_to),Terms[End],">="&MAX([@Monday],School_costing_from))>0),1,0)',
            Kind.WHOLE,
            10,
        ),
    )


class ListEntry(Row):
    """A code and its meaning, behind a dropdown."""

    table = "Lists"
    about = "The codes behind the dropdowns. Rows of the school's own lists may be added beneath."

    list: Text = column("List", "The list's name.", width=32, needed=True)
    code: Text = column("Code", "What the cell holds.", width=34, needed=True)
    meaning: Text = column("Meaning", "What the code stands for.", width=60)
