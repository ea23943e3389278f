"""One file per job: plain functions of values that the window and the command line both call. No Qt."""
