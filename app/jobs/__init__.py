"""Background work: anything that may take longer than a frame."""

WORKER_FLAG = "--language-worker"  # makes a frozen program run as a worker process; see app.jobs.worker
