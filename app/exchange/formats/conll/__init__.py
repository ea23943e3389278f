"""Tokens with tags: CoNLL, with a token on each line (Tjong Kim Sang and De Meulder 2003), and JSONL."""
