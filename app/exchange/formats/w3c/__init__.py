"""Web annotations of the W3C, as JSON-LD."""
