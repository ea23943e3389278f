"""Run Stet from a checkout: `python packaging/run.py` opens the sample project, arguments go to `stet`.

Only the version check stands here, written so that any Python can read it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (the point is to meet the older ones)
    found = ".".join(map(str, sys.version_info[:2]))
    sys.stderr.write("stet: Python 3.11 or newer is needed, this is " + found + "; start it with a newer Python\n")
    sys.exit(2)

import environment
import launch

if __name__ == "__main__":
    sys.exit(environment.guarded(launch.main))
