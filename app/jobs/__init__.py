"""Background work: what may take longer than a frame."""

WORKER_FLAG = "--language-worker"  # makes a worker process of a program that was built; see app.jobs.worker
