"""Background work: anything that may take longer than a frame."""

WORKER_FLAG = "--language-worker"  # makes a frozen program run as a worker process; see app.jobs.worker
DISPLAY_FLAG = "--display-facts"  # makes a frozen program tell of the display and end; see app.__main__
