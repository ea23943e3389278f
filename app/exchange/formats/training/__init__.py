"""The flat view for training: one record per document and annotator."""
