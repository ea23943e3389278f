"""Fuzzing of whatever reads what strangers made: seeds, mutations, targets, and the process that tries them."""
