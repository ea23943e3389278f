"""What `stet doctor` and the window's diagnostics tell: versions, places, display, and checks with advice."""
