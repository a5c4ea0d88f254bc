"""The provision map: staff, provisions, the groups that run, and each pupil's place in a group."""

from sendbook.tables.cells import AreaOfNeed, Date, Kind, Layer, Measure, Money, Number, Prose, Rate, SignedNumber, Text
from sendbook.tables.columns import Formula, Highlight, Privacy, Row, column

PARENT, TEAM = Privacy.PARENT, Privacy.TEAM


def _just(cell: str) -> str:
    """A criterion that finds just this text: names may hold `*`, `?` and `~`, or begin with `<`, `>` and `=`."""
    return f'"="&SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({cell},"~","~~"),"*","~*"),"?","~?")'


# COUNTIF and SUMIF pass over cells with an error, as the costing does; SUMPRODUCT does not, but takes more than 255 letters.
def _count(column: str, cell: str) -> str:
    return f"IF(LEN({cell})>250,SUMPRODUCT(--({column}={cell})),COUNTIF({column},{_just(cell)}))"


def _hourly(cell: str) -> str:
    """What an hour of a member of staff costs; 0 for a blank, and for a name that two of them have, as it may mean either."""
    cost = "Staff[Cost per hour]"
    total = f"IF(LEN({cell})>250,SUMPRODUCT(--(Staff[Name]={cell}),{cost}),SUMIF(Staff[Name],{_just(cell)},{cost}))"
    return f'IFERROR(IF({cell}="",0,IF({_count("Staff[Name]", cell)}=1,{total},0)),0)'


class Staff(Row):
    """Someone who runs provision. Pay is private to the SEND team."""

    table = "Staff"
    about = "Everyone who runs provision, with what an hour of their time costs."
    printed_to = "Email"

    name: Text = column("Name", "As on the timetable; each name once.", width=24, needed=True, privacy=PARENT)
    role: Text = column("Role", "Post in school.", width=26, suggest="staff_role", privacy=PARENT)
    email: Text = column("Email", "School address.", width=30)
    hourly_cost: Rate = column(
        "Hourly cost", "Pounds an hour with on-costs. Leave blank to work it out from the salary.", width=12, privacy=TEAM
    )
    salary: Money = column("Salary with on-costs", "Pounds a year with national insurance and pension.", width=14, privacy=TEAM)
    paid_hours: Number = column("Paid hours a week", "Hours the person is paid for in a week.", width=12, privacy=TEAM)
    paid_weeks: Number = column(
        "Paid weeks a year", "52 for all-year posts, or as the contract says (term-time only with holiday pay).", width=12, privacy=TEAM
    )
    hours_for_send: Number = column("Hours a week for SEND", "Hours a week there are for provision.", width=12)
    started: Date = column("Started", "First day in post.", width=13)
    left: Date = column("Left", "Last day in post; blank while here.", width=13)
    training: Text = column("Training", "What this person is trained to run.", width=30)
    notes: Text = column("Notes", "Never leaves the SEND team.", width=30, privacy=TEAM)

    formulas = (
        Formula(
            "Cost per hour",
            "Hourly cost, or salary divided by paid hours.",
            'IFERROR(IF([@[Hourly cost]]<>"",[@[Hourly cost]],IF(N([@[Paid hours a week]])*N([@[Paid weeks a year]])>0,'
            'N([@[Salary with on-costs]])/([@[Paid hours a week]]*[@[Paid weeks a year]]),"")),"")',
            Kind.MONEY,
            after="Paid weeks a year",
        ),
    )


class Provision(Row):
    """A kind of provision the school offers, whoever runs it."""

    table = "Provisions"
    about = "What the school offers that is additional to or different from ordinary teaching."

    name: Text = column("Provision", "Its usual name; each name once.", width=30, needed=True, privacy=PARENT)
    area: AreaOfNeed = column("Area of need", "The broad area it serves.", width=32, needed=True, privacy=PARENT)
    layer: Layer = column("Layer", "Universal, targeted, targeted plus or specialist.", width=14, needed=True)
    plain: Text = column("In plain words", "One sentence for parents: what happens and what it helps with.", width=50, privacy=PARENT)
    measure: Measure = column("Usual measure", "How progress is measured.", width=22)
    evidence: Text = column("Evidence", "Why we believe that it works.", width=40)
    notes: Text = column("Notes", "For staff.", width=30)


class Group(Row):
    """One running of a provision: who, when, how long. One-to-one work is a group of one."""

    table = "Groups"
    about = "The groups that run, with what each costs. One-to-one work is a group of one pupil."

    name: Text = column("Group", "Each name once; parents never see it.", width=30, needed=True)
    provision: Text = column("Provision", "Choose from Provisions.", width=30, needed=True, link="Provisions")
    staff: Text = column("Staff", "Who leads it.", width=22, link="Staff")
    staff_2: Text = column("Second staff", "A second adult, paid for the same time.", width=22, link="Staff")
    staff_3: Text = column("Third staff", "A third adult, paid for the same time.", width=22, link="Staff")
    minutes: Number = column("Minutes", "Length of one session.", width=9, privacy=PARENT)
    sessions: Number = column("Sessions a week", "How often; 0.5 is once a fortnight.", width=10, privacy=PARENT)
    preparation: Number = column("Preparation minutes", "For one session, for each adult.", width=14)
    start: Date = column("Start", "First session; blank: from the costing year's first day.", width=13, privacy=PARENT)
    end: Date = column("End", "Last session; blank: to the costing year's last day.", width=13, privacy=PARENT)
    fixed_weeks: Number = column("Weeks if fixed", "Only to set the number of weeks by hand.", width=10)
    resources: Money = column("Resource cost", "Materials, licences, fees for the whole run, in pounds.", width=12)
    charged_to: Text = column("Charged to", "The one pupil the group exists for, who bears its whole cost.", width=34, link="Pupils")
    timetable: Text = column("When and where", "Day, time and room.", width=26)
    notes: Prose = column("Notes", "For staff.", width=30)

    @property
    def bought_in(self) -> bool:
        """A service for a fee, such as private therapy: it costs its resources, whoever gives it."""
        return bool(self.resources) and not (self.staff or self.staff_2 or self.staff_3 or self.minutes or self.sessions)

    formulas = (
        Formula(
            "Costed from",
            "Start, or the costing year's first day if later.",
            "MAX([@Start],School_costing_from)",
            Kind.DATE,
            13,
        ),
        Formula(
            "Costed to",
            "End, or the costing year's last day if earlier.",
            'MIN(IF([@End]="",School_costing_to,[@End]),School_costing_to)',
            Kind.DATE,
            13,
        ),
        Formula(
            "Weeks run",
            "School weeks between the two dates (sheet Weeks), no more than the school year has.",
            'IF([@[Costed to]]<[@[Costed from]],0,IF([@[Weeks if fixed]]<>"",[@[Weeks if fixed]],MIN(IF(N(School_pupil_weeks)=0,39,School_pupil_weeks),'
            'COUNTIFS(Weeks[In school],1,Weeks[Monday],">="&[@[Costed from]]-4,Weeks[Monday],"<="&[@[Costed to]]))))',
            Kind.NUMBER,
            8,
        ),
        Formula(
            "Pupils",
            "Places in the group; 0 where two groups have its name.",
            f'IFERROR(IF([@Group]="",0,IF({_count("Groups[Group]", "[@Group]")}=1,{_count("Places[Group]", "[@Group]")},0)),0)',
            Kind.WHOLE,
            8,
        ),
        Formula(
            "Staff cost per hour",
            "Of all adults together.",
            "+".join(map(_hourly, ("[@Staff]", "[@[Second staff]]", "[@[Third staff]]"))),
            Kind.MONEY,
        ),
        Formula(
            "Group cost",
            "Staff cost an hour x (minutes + preparation) / 60 x sessions a week x weeks run + resources.",
            "ROUND([@[Staff cost per hour]]*(MAX(0,[@Minutes])+MAX(0,[@[Preparation minutes]]))/60*MAX(0,[@[Sessions a week]])*[@[Weeks run]]"
            "+IF([@[Costed to]]<[@[Costed from]],0,MAX(0,[@[Resource cost]])),2)",
            Kind.MONEY,
        ),
        Formula(
            "Cost per pupil",
            "An average: group cost by pupils; the whole where it is charged to one. Late joiners' own shares: “sendbook cost”.",
            'IF([@[Charged to]]<>"",[@[Group cost]],IF([@Pupils]=0,"",ROUND([@[Group cost]]/[@Pupils],2)))',
            Kind.MONEY,
        ),
    )
    highlights = (
        Highlight("end", 'AND([@End]<>"",[@Start]<>"",[@End]<[@Start])'),
        Highlight("minutes", "N([@Minutes])>420"),
    )


class PlaceInGroup(Row):
    """A pupil's place in a group, with the scores at entry and exit."""

    table = "Places"
    about = "Which pupil is in which group, and how far they have come."
    printed_to = "Progress in words"

    pupil: Text = column("Pupil", "Choose the pupil, or type the UPN.", width=34, needed=True, link="Pupils")
    group: Text = column("Group", "Choose from Groups.", width=30, needed=True, link="Groups")
    start: Date = column("Start", "Only where the pupil joined late.", width=13, privacy=PARENT)
    end: Date = column("End", "Only where the pupil left early.", width=13, privacy=PARENT)
    measure: Measure = column("Measure", "What the scores are on.", width=22, privacy=PARENT)
    entry_score: SignedNumber = column("Entry score", "Before the group.", width=9, privacy=PARENT)
    entry_date: Date = column("Entry date", "When it was measured.", width=13, privacy=PARENT)
    exit_score: SignedNumber = column("Exit score", "After the group, or the latest.", width=9, privacy=PARENT)
    exit_date: Date = column("Exit date", "When it was measured.", width=13, privacy=PARENT)
    attendance: Number = column("Attendance %", "Sessions attended, 0 to 100.", width=11, privacy=PARENT)
    progress: Prose = column("Progress in words", "A sentence or two for parents.", width=40, privacy=PARENT)
    notes: Prose = column("Notes", "Never leaves the SEND team.", width=30, privacy=TEAM)

    formulas = (
        Formula(
            "Gain",
            "Exit score less entry score.",
            'IF(OR([@[Entry score]]="",[@[Exit score]]=""),"",[@[Exit score]]-[@[Entry score]])',
            Kind.NUMBER,
            8,
            after="Exit date",
        ),
    )
    highlights = (
        Highlight("end", 'AND([@End]<>"",[@Start]<>"",[@End]<[@Start])'),
        Highlight("exit_date", 'AND([@[Exit date]]<>"",[@[Entry date]]<>"",[@[Exit date]]<[@[Entry date]])'),
        Highlight("attendance", "N([@[Attendance %]])>100"),
    )
