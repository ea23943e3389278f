"""What several annotators said of one document, compared: pure functions over core values."""
