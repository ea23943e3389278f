"""One file per job: plain functions of values, called by both the window and the command line. No Qt."""
