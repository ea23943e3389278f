"""What became of an annotator's marks: the dialog “Mine and gold”."""
