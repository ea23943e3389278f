"""The 48 nasty inputs, each with its number: `table.py` says which tests stand for it."""
