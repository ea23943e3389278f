"""Reviewing: the groups of each document, and the decisions that build gold."""
