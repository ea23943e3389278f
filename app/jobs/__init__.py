"""Background work: what may take longer than a frame."""
