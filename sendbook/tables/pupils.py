"""Pupils and the people around them."""

from datetime import date

from sendbook.tables.cells import Date, Kind, Money, Number, Prose, SenStatus, SenType, SenUnit, Text, YearGroup, YesNo
from sendbook.tables.columns import Formula, Highlight, Privacy, Row, column

PARENT, TEAM = Privacy.PARENT, Privacy.TEAM


class Pupil(Row):
    """A pupil on the SEND register or being monitored."""

    table = "Pupils"
    about = "The SEND register: every pupil with SEN (K or E), and those being monitored (N)."
    printed_to = "SEN support since"

    upn: Text = column("UPN", "Unique pupil number: a letter and twelve digits, as in the MIS.", width=16)
    surname: Text = column("Legal surname", "As on the birth certificate or deed.", width=18, needed=True)
    forename: Text = column("Legal forename", "As on the birth certificate or deed.", width=16, needed=True)
    known_as: Text = column("Preferred forename", "What the pupil is called; summaries use it.", width=16, privacy=PARENT)
    known_surname: Text = column("Preferred surname", "Only where it differs from the legal one.", width=16, privacy=PARENT)
    born: Date = column("Date of birth", "As in the MIS.", width=13)
    gender: Text = column("Gender", "As in the MIS.", width=9)
    year: YearGroup = column("Year group", "National curriculum year the pupil is taught in: N1, N2, R, 1 to 14.", width=8, privacy=PARENT)
    class_name: Text = column("Class", "Class or tutor group.", width=10, privacy=PARENT)
    sen_status: SenStatus = column("SEN status", "N none, K SEN support, E EHC plan.", width=8, needed=True, privacy=PARENT)
    primary_need: SenType = column("Primary need", "SEN type, rank 1; K and E must have one.", width=10, privacy=PARENT)
    secondary_need: SenType = column("Secondary need", "SEN type, rank 2, not the same as the primary.", width=12, privacy=PARENT)
    on_register: Date = column("On register since", "When the pupil came onto the SEND register.", width=13, privacy=PARENT)
    support_since: Date = column("SEN support since", "When K began; parents must be told.", width=13, privacy=PARENT)
    parents_told: Date = column("Parents told", "When parents were told that SEN support began.", width=13)
    off_register: Date = column("Off register since", "When SEN support or the plan ended; blank while it runs.", width=13)
    plan_requested: Date = column("EHC assessment requested", "When the local authority received the request.", width=13)
    plan_issued: Date = column("EHC plan issued", "Date of the first final plan.", width=13, privacy=PARENT)
    last_annual_review: Date = column("Last annual review", "When the local authority sent its last decision.", width=13, privacy=PARENT)
    plan_ceased: Date = column("EHC plan ceased", "When the plan ended; blank while it runs.", width=13)
    local_authority: Text = column("Placing authority", "The authority that keeps the EHC plan.", width=16)
    top_up: Money = column("Top-up received", "Element 3 from the local authority in the costing year, in pounds.", width=12, privacy=TEAM)
    sen_unit: SenUnit = column("Unit or resourced", "Only where the EHC plan names the place.", width=16)
    pupil_premium: YesNo = column("Pupil premium", "Eligible for pupil premium.", width=9, privacy=TEAM)
    fsm: YesNo = column("FSM", "Eligible for free school meals.", width=7, privacy=TEAM)
    eal: YesNo = column("EAL", "English is an additional language.", width=7)
    home_language: Text = column("Home language", "Language spoken at home.", width=14, suggest="language")
    looked_after: YesNo = column("LAC", "Looked after by a local authority.", width=7, privacy=TEAM)
    medical_alert: Text = column("Medical alert", "What staff must know at once.", width=22)
    attendance: Number = column("Attendance %", "This year so far, 0 to 100.", width=11)
    key_adult: Text = column("Key adult", "The member of staff the pupil turns to.", width=18, privacy=PARENT, link="Staff")
    strengths: Prose = column("Strengths", "What the pupil is good at and enjoys; parents read this first.", width=50, privacy=PARENT)
    pupil_voice: Prose = column("Pupil voice", "What the pupil says, in their own words.", width=50, privacy=PARENT)
    how_to_support: Prose = column("How best to support", "What helps in class.", width=50, privacy=PARENT)
    helps_at_home: Prose = column("What helps at home", "Small things a family can do.", width=50, privacy=PARENT)
    next_meeting: Date = column("Next meeting", "When school and parents meet next.", width=13, privacy=PARENT)
    left: Date = column("Leaving date", "Last day on roll; blank while on roll.", width=13)
    destination: Text = column("Next school", "Where the records go.", width=18)
    internal_notes: Prose = column("Internal notes", "Never leaves the SEND team.", width=36, privacy=TEAM)

    formulas = (
        Formula(
            "Pupil",
            "Name with UPN: what the dropdowns of other sheets show.",
            'IF([@[Legal surname]]&[@[Legal forename]]="","",[@[Legal surname]]&", "'
            '&IF([@[Preferred forename]]="",[@[Legal forename]],[@[Preferred forename]])&" ("&[@UPN]&")")',
            Kind.TEXT,
            34,
            after="UPN",
        ),
        Formula(
            "Days since last review",
            "Since the latest review held, or the annual review or plan named here.",
            'IF(MAX([@[EHC plan issued]],[@[Last annual review]],MAXIFS(Reviews[Held],Reviews[Pupil],IF([@UPN]="",[@Pupil],"*"&[@UPN]&"*")))=0,"",'
            'MAX(0,TODAY()-MAX([@[EHC plan issued]],[@[Last annual review]],MAXIFS(Reviews[Held],Reviews[Pupil],IF([@UPN]="",[@Pupil],"*"&[@UPN]&"*")))))',
            Kind.WHOLE,
            10,
            after="Last annual review",
        ),
    )

    highlights = (
        Highlight(
            "upn",
            'AND([@UPN]<>"",OR(LEN([@UPN])<>13,IFERROR(MID("ABCDEFGHJKLMNPQRTUVWXYZ",'
            "MOD(SUMPRODUCT(MID([@UPN],ROW($2:$13),1)*ROW($2:$13)),23)+1,1)<>LEFT([@UPN],1),FALSE)))",
        ),
        Highlight("born", 'AND([@[Date of birth]]<>"",[@[Date of birth]]>TODAY())'),
        Highlight("primary_need", 'AND(OR([@[SEN status]]="K",[@[SEN status]]="E"),[@[Primary need]]="")'),
        Highlight("secondary_need", 'AND([@[Secondary need]]<>"",[@[Secondary need]]=[@[Primary need]])'),
        Highlight("plan_issued", 'AND([@[SEN status]]="E",[@[EHC plan issued]]="")'),
        Highlight("attendance", "N([@[Attendance %]])>100"),
    )

    @property
    def first_name(self) -> str:
        """What the pupil is called; empty where no forename is known."""
        return self.known_as or self.forename or ""

    @property
    def name(self) -> str:
        """Called name and surname, as parents know the pupil."""
        return f"{self.first_name} {self.known_surname or self.surname or ''}".strip()

    @property
    def label(self) -> str:
        """What link cells of other tables hold: `Okafor, Amara (B801200005001)`; the same as the formula column Pupil."""
        return f"{self.surname or ''}, {self.first_name} ({self.upn or ''})"

    def on_roll(self, today: date) -> bool:
        """Still here on that day; a leaving date that lies ahead changes nothing yet."""
        return self.left is None or self.left >= today

    @property
    def has_sen(self) -> bool:
        """On SEN support or with an EHC plan."""
        return self.sen_status in ("K", "E")


_NO_PARENT = 'OR([@Relationship]="Young person",[@Relationship]="Social worker")'


class Contact(Row):
    """A parent, carer or other person around one pupil. A parent of two pupils has two rows."""

    table = "Contacts"
    about = "Parents, carers and others, one row for each pupil they belong to."
    printed_to = "Phone"

    pupil: Text = column("Pupil", "Choose the pupil, or type the UPN.", width=34, needed=True, link="Pupils")
    name: Text = column("Name", "As on letters, with title.", width=24, needed=True)
    relationship: Text = column("Relationship", "To the pupil.", width=16, suggest="relationship")
    parental_responsibility: YesNo = column(
        "Parental responsibility",
        "In law. A social worker and the young person need none.",
        width=14,
        needed=True,
        needed_unless=_NO_PARENT,
    )
    receives_summaries: YesNo = column("Receives summaries", "Yes sends this person the pupil's summary.", width=12, needed=True)
    restricted: YesNo = column("Contact restriction", "Yes: a court order or other bar; nothing is ever sent.", width=12, privacy=TEAM)
    email: Text = column("Email", "One address.", width=30)
    phone: Text = column("Phone", "Best number in the day.", width=16)
    address: Text = column("Address", "Only where letters go by post.", width=36, privacy=TEAM)
    language: Text = column("Language", "Preferred for letters.", width=14, suggest="language")
    format: Text = column("Preferred format", "How this person likes to get papers.", width=14, suggest="contact_format")
    document_password: Text = column(
        "Document password",
        "Only for “Email with password”: opens the PDF. Agree it by phone or face to face; it is never sent by mail.",
        width=16,
        privacy=TEAM,
        secret=True,
    )
    notes: Prose = column("Notes", "Never leaves the SEND team.", width=30, privacy=TEAM)

    highlights = (
        Highlight(
            "receives_summaries",
            'AND([@[Receives summaries]]="Yes",OR([@[Contact restriction]]="Yes",'
            f'AND([@[Parental responsibility]]<>"Yes",NOT({_NO_PARENT}))))',
        ),
        Highlight("email", 'AND([@Email]<>"",ISERROR(SEARCH("?@?*.?",[@Email])))'),
        Highlight(
            "document_password",
            'AND([@[Document password]]="",[@[Preferred format]]="Email with password",[@[Receives summaries]]="Yes",[@[Contact restriction]]<>"Yes")',
        ),
    )
