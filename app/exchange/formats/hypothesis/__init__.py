"""Annotations of web pages that Hypothes.is exports."""
