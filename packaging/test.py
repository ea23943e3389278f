"""Check and test Stet from a checkout: `python packaging/test.py` runs everything that CI runs.

Only the version check stands here, written so that any Python can read it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (the point is to meet the older ones)
    found = ".".join(map(str, sys.version_info[:2]))
    sys.stderr.write("stet: Python 3.11 or newer is needed, this is " + found + "; start it with a newer Python\n")
    sys.exit(2)

import checks
import environment

if __name__ == "__main__":
    sys.exit(environment.guarded(checks.main))
