"""The dialog “Feedback”: how an annotator's annotations were reviewed."""
