"""M2: sentences of tokens with the edits that correct them, as in CoNLL-2014 (Ng et al. 2014) and ERRANT's files."""
