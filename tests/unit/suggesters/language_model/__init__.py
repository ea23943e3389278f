"""A language model as a suggester, against a server that says what a test has it say."""
