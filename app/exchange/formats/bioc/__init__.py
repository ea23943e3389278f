"""BioC, the interchange format of biomedical text mining: XML and JSON."""
