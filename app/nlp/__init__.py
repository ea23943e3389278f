"""Language: the only room that knows spaCy, and it imports spaCy only inside functions, when there is work for it."""
