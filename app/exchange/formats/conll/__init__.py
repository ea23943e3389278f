"""CoNLL and other files of tokens with tags."""
