"""xlwings as a click wants it: without the libraries for numbers and pictures that it would import wherever they are installed."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType

UNWANTED = ("pandas", "numpy", "matplotlib", "plotly", "polars")  # xlwings tries each, and does without


def load_xlwings() -> ModuleType:
    """The xlwings module, imported without `UNWANTED`; as it is where something imported it before.

    With pandas it takes several times as long to import, and no click converts to data frames. Import xlwings by this function only,
    never at the top of a module: whoever imports it first decides for the process.

    xlwings' own VBA does so before us, as its command begins with `import xlwings.utils`. Nothing in here can help there,
    and nothing need: pandas is not among what Sendbook needs, so the environment that its installer makes has none; a test holds
    our own modules to that. Who adds pandas to that environment pays for it at each click, and all still works.
    """
    with _kept_out([] if "xlwings" in sys.modules else UNWANTED):
        import xlwings
    return xlwings


@contextmanager
def _kept_out(names: Iterable[str]) -> Iterator[None]:
    """Modules that cannot be imported in the block, and can again after it; those that are there already stay."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None makes an import fail as if nothing were installed
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
