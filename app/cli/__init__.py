"""The command line: one file per command, which reads its arguments, calls a task and prints. No logic of its own."""
