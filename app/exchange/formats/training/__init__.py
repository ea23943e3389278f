"""The flat training view: one record per document and annotator."""
