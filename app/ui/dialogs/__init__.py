"""Windows that ask. Each is opened, not run in a loop of its own, and tells its answer by signal."""
