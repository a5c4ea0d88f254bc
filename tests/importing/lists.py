"""Lists as the four MIS and a SENCo write them, for the tests; the children are invented."""

from pathlib import Path

from sendbook.importing import Listing, read_list

ARBOR = """\
Greenfield Primary School
Students with SEN, 24 Nov 2026

UPN,Legal Last Name,Legal First Name,Preferred First Name,Date of Birth,Sex,Year Group,Registration Form,SEN Status,SEN Need Type,Pupil Premium Eligible,Free School Meals,EAL,Native Language,In Care,Attendance %
B801200005001,Okafor,Amara Grace,Amara,14/03/2018,Female,Year 4,4A,SEN support,"Speech, language and communication needs",Yes,No,No,English,No,95.2%
B801200005002,O'Neill,Seán,,02/09/2017,Male,Year 4,4B,"Education, Health and Care Plan",Autistic spectrum disorder,No,No,No,,No,88
"""  # noqa: E501 - as exported

SIMS = """\
Surname,Forename,Legal Surname,Legal Forename,UPN,DOB,Year,Reg,SEN Provision,SEN Need Type,SEN Need Type,In Care,First Language,Pupil Premium Indicator
Okafor,Amara,OKAFOR,AMARA,B801200005001,14/03/2018,Year  4,4A,K,SLCN,SEMH,F,English,T
Nowak,Ola,NOWAK,ALEKSANDRA,B801200005003,01/12/2016,Year  5,5A,E,MLD,,T,Polish,F
"""

BROMCOM = """\
Student Name;UPN;DOB;NC Year;Tutor Group;SEN Provision Type;SEN Need;SEN Need Ranking;FSM Eligible;Home Language
"Okafor, Amara";B801200005001;2018-03-14;4;4A;K - SEN support;SLCN - Speech, language and communication needs;1;N;English
"Okafor, Amara";B801200005001;2018-03-14;4;4A;K - SEN support;SPLD - Specific learning difficulty;2;N;English
"Khan, Yusuf";B801200005004;2021-11-30;R;RB;N - No special educational need;;;Y;Urdu
"""

SCHOLARPACK = """\
Forename\tSurname\tDate Of Birth\tYr Group\tClass\tSEN Stage\tPrimary Need\tSecondary Need\tLAC\tPP\tFSM\tUnique Pupil Number
Amara\tOkafor\t14 Mar 2018\tY4\t4A\tSEN Support\tMLD\tSLCN\tN\tY\tN\tB801200005001
Ola\tNowak\t1 December 2016\tY5\t5A\tEHCP\tASC\t\tY\tY\tY\tb8012 0000 5003
"""

OWN = """\
SEND register;;;;;
updated by JA;;;;;
Name;DOB;Yr;EHCP issued;Strategies;Notes
"Okafor, Amara";14.03.2018;4;;Sit near the front;Mum rang
"Smith, Leo";43101;Reception;01/02/2026;"Now and next board
Ear defenders";-
"""


def listed(folder: Path, text: str, encoding: str = "utf-8", name: str = "list.csv") -> Listing:
    """The text as a file of that encoding, read."""
    path = folder / name
    path.write_text(text, encoding=encoding, newline="")
    return read_list(path)
