"""The reading and marking surface: our own canvas over immutable text (decision 0001)."""
