"""Inter-annotator agreement: measures over codings, spans, characters and continua, and a report of all of them."""
