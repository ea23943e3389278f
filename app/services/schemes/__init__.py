"""Changing a scheme's text piece by piece, and schemes from other programs."""
