"""Children's names in running text: how they are compared, and which of them are also ordinary words."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")

MONTHS = frozenset(("april", "may", "june", "august"))

# First names that stand in ordinary sentences as words: alone they say nothing about a child ("Rose will read", "on May Day").
_WORDS = """
al amber an angel archer art ash autumn baker basil bay bill blessing bo bob brook carol chance charity chase china cooper dale daisy
dawn dean destiny do don drew earl eve faith felicity frank gene ginger glen grace grant guy happy harmony hazel he heather holly honey
hope hunter in india iris ivy jack jade jasmine jay joy justice kai king kit lance lily lucky mark mason max melody mercy miles my noble
noel olive page paris pat patience pearl penny poppy precious prince prosper queen rain ray red reed rich river rob robin rose rowan
ruby sage sandy serenity sky so star storm su sue summer sunny van victor violet wade will willow winter wren
"""
ORDINARY = MONTHS | frozenset(_WORDS.split())


def bare(text: str) -> str:
    """A text as names are compared: capitals and accents do not count."""
    if text.isascii():
        return text.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def name_words(text: str) -> tuple[str, ...]:
    """A text's words, for comparing names: accents, capitals, hyphens and apostrophes do not count."""
    return tuple(WORD.findall(bare(text)))
