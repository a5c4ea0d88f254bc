"""`python -m sendbook`: the same as the command `sendbook`."""

import sys

from sendbook.cli import main

sys.exit(main())
