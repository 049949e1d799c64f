"""``python -m closedform``: the command line."""

import sys

from closedform.cli import main

if __name__ == "__main__":
    sys.exit(main())
