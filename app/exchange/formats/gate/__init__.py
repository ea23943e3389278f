"""GATE's documents: bdoc JSON, and its XML."""
