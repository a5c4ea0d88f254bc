"""What is planned, reviewed, measured and said: the graduated approach on paper."""

from sendbook.tables.cells import AreaOfNeed, Date, Layer, Measure, PlanResult, Prose, ReviewDecision, ReviewKind, SignedNumber, Text, YesNo
from sendbook.tables.columns import Highlight, Privacy, Row, column

PARENT, TEAM = Privacy.PARENT, Privacy.TEAM


class Plan(Row):
    """One outcome of a pupil's plan in one cycle of assess, plan, do, review."""

    table = "Plans"
    about = "Outcomes each pupil is working on: assess, plan, do, review, at least termly."
    printed_to = "Progress in words"

    pupil: Text = column("Pupil", "Choose the pupil, or type the UPN.", width=34, needed=True, link="Pupils")
    area: AreaOfNeed = column("Area of need", "The broad area it serves.", width=32, privacy=PARENT)
    layer: Layer = column("Layer", "Layer of support the outcome needs.", width=14)
    outcome: Prose = column(
        "Outcome", "What the pupil will be able to do; specific and measurable. “Amara will …”", width=44, needed=True, privacy=PARENT
    )
    start: Date = column("Start", "First day of the cycle.", width=13, needed=True, privacy=PARENT)
    review_by: Date = column("Review by", "When the outcome is looked at with parents.", width=13, needed=True, privacy=PARENT)
    at_school: Prose = column("What school does", "Strategies and support.", width=40, privacy=PARENT)
    at_home: Prose = column("What helps at home", "What the family can do.", width=40, privacy=PARENT)
    lead: Text = column("Lead", "Who sees to it.", width=22, link="Staff", privacy=PARENT)
    shared: Date = column("Shared with parents", "When parents had the plan.", width=13)
    result: PlanResult = column("Result", "Working on it, met, partly met, not met or stopped.", width=14, privacy=PARENT)
    reviewed: Date = column("Reviewed", "When the result was agreed.", width=13, privacy=PARENT)
    progress: Prose = column("Progress in words", "A sentence or two for parents.", width=40, privacy=PARENT)
    notes: Prose = column("Notes", "Never leaves the SEND team.", width=30, privacy=TEAM)

    highlights = (
        Highlight("review_by", 'AND([@[Review by]]<>"",[@Start]<>"",[@[Review by]]<[@Start])'),
        Highlight("result", 'AND([@[Review by]]<>"",[@[Review by]]<TODAY(),[@Result]="")'),
    )


class Review(Row):
    """A meeting about a pupil: annual review of an EHC plan, SEN support review, transition."""

    table = "Reviews"
    about = "Review meetings, planned and held, with the steps the law asks for."
    printed_to = "Final amended plan"

    pupil: Text = column("Pupil", "Choose the pupil, or type the UPN.", width=34, needed=True, link="Pupils")
    kind: ReviewKind = column("Kind", "Annual, interim, SEN support or transition review.", width=20, needed=True, privacy=PARENT)
    planned: Date = column("Planned for", "Date of the meeting.", width=13, privacy=PARENT)
    invited: Date = column("Invitations sent", "At least two weeks before an annual review.", width=13)
    circulated: Date = column("Information circulated", "At least two weeks before an annual review.", width=13)
    held: Date = column("Held", "When the meeting took place.", width=13, privacy=PARENT)
    parents_there: YesNo = column("Parents there", "A parent took part.", width=9)
    pupil_there: YesNo = column("Pupil there", "The pupil took part.", width=9)
    report_sent: Date = column("Report sent", "School's report, within two weeks after the meeting.", width=13)
    decision: ReviewDecision = column("LA decision", "Keep, amend or cease.", width=10)
    decided: Date = column("LA decision sent", "Within four weeks after the meeting.", width=13)
    final_plan: Date = column("Final amended plan", "Within eight weeks of the decision.", width=13)
    parents_views: Prose = column("Parents' views", "What parents said.", width=40, privacy=PARENT)
    pupil_views: Prose = column("Pupil's views", "What the pupil said.", width=40, privacy=PARENT)
    agreed: Prose = column("What was agreed", "In plain words, for parents.", width=40, privacy=PARENT)
    notes: Prose = column("Notes", "Never leaves the SEND team.", width=30, privacy=TEAM)

    highlights = (
        Highlight("held", 'AND([@Held]<>"",[@Held]>TODAY())'),
        Highlight("decided", 'AND([@[LA decision sent]]<>"",[@Held]<>"",[@[LA decision sent]]<[@Held])'),
    )


class Assessment(Row):
    """A score or level of a pupil at a date."""

    table = "Assessments"
    about = "Scores and other assessments of each pupil over time."

    pupil: Text = column("Pupil", "Choose the pupil, or type the UPN.", width=34, needed=True, link="Pupils")
    date: Date = column("Date", "When it was taken.", width=13, needed=True, privacy=PARENT)
    measure: Measure = column("Measure", "What the score is on.", width=22, needed=True, privacy=PARENT)
    test: Text = column("Test", "Name of the test.", width=24)
    score: SignedNumber = column("Score", "The number.", width=9, needed=True, privacy=PARENT)
    assessor: Text = column("Assessor", "Who took it.", width=22)
    notes: Prose = column("Notes", "Never leaves the SEND team.", width=30, privacy=TEAM)


class Communication(Row):
    """Something said or sent between school and family or an agency."""

    table = "Communications"
    about = "A log of what was said and sent, with what is still to be done."

    pupil: Text = column("Pupil", "Choose the pupil, or type the UPN.", width=34, needed=True, link="Pupils")
    date: Date = column("Date", "When.", width=13, needed=True)
    contact: Text = column("With", "Name of the contact.", width=24)
    method: Text = column("Method", "How.", width=14, suggest="communication_method")
    subject: Text = column("Subject", "In a few words.", width=30)
    summary: Prose = column("Summary", "What was said.", width=50, privacy=TEAM)
    follow_up_by: Date = column("Follow up by", "When something is to be done.", width=13)
    followed_up: Date = column("Followed up", "When it was done.", width=13)
    by: Text = column("By", "Member of staff.", width=22, link="Staff")
