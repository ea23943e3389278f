"""Changing a scheme together with everyone's annotations."""
