"""VBA's grammar, by antlr4-vba."""

from antlr4 import CommonTokenStream, InputStream
from antlr4.error.ErrorListener import ErrorListener
from antlr4_vba.vbaLexer import vbaLexer
from antlr4_vba.vbaParser import vbaParser


class _Faults(ErrorListener):
    def __init__(self) -> None:
        self.found: list[str] = []

    def syntaxError(self, recognizer, symbol, line, column, msg, e):  # noqa: N802 - its name
        self.found.append(f"line {line}: {msg}")


def faults(text: str) -> list[str]:
    """What in a module's text is not VBA."""
    listener = _Faults()
    lexer = vbaLexer(InputStream(text.replace("\n", "\r\n")))
    parser = vbaParser(CommonTokenStream(lexer))
    for each in (lexer, parser):
        each.removeErrorListeners()
        each.addErrorListener(listener)
    parser.startRule()
    return listener.found
