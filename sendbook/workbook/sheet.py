"""XlsxWriter's sheet as we want it, for the master workbook and for results."""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

Attributes = Sequence[tuple[str, object]]


class Sheet(Worksheet):  # type: ignore[misc]
    """XlsxWriter's sheet with three things put right.

    Row heights are a start, not fixed: Excel makes a row taller when more is typed into it. (XlsxWriter marks every height
    as chosen by hand; Excel itself stores the heights it worked out without that mark.) A formula that fills a column
    is looked through once, not once for each row. And a table's formulas are said without being written into each row, as
    the rows are written with their results.
    """

    def table_formulas(self, formulas: Sequence[str | None]) -> None:
        """Say the formulas of the table added last, column by column, so that Excel fills new rows with them."""
        for column, formula in zip(self.tables[-1]["columns"], formulas, strict=True):
            column["formula"] = formula.removeprefix("=") if formula else ""

    def _prepare_formula(self, formula: str, *options: bool) -> str:
        known: dict[str, str] = self.__dict__.setdefault("_prepared", {})
        if formula not in known:
            known[formula] = super()._prepare_formula(formula, *options)
        return known[formula]

    def _xml_start_tag_unencoded(self, tag: str, attributes: Attributes = ()) -> None:
        super()._xml_start_tag_unencoded(tag, _not_by_hand(tag, attributes))

    def _xml_empty_tag_unencoded(self, tag: str, attributes: Attributes = ()) -> None:
        super()._xml_empty_tag_unencoded(tag, _not_by_hand(tag, attributes))


def _not_by_hand(tag: str, attributes: Attributes) -> list[tuple[str, object]]:
    return [a for a in attributes if tag != "row" or a[0] != "customHeight"]
