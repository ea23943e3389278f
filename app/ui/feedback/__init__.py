"""What became of an annotator's annotations: the dialog “Feedback”."""
