"""FEVER's claims with alternative sets of evidence, and the Wikipedia pages that have it."""
