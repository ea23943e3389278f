"""The suggesters, each asked about a corpus that is made up."""
