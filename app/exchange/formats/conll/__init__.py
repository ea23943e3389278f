"""CoNLL: a token with its tag on each line, as in CoNLL-2003 (Tjong Kim Sang and De Meulder 2003)."""
