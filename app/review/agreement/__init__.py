"""How well annotators agree: measures over codings, spans, characters and continua, and the report of all of them."""
