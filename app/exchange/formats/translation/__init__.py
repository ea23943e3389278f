"""Errors in translations: the files of evaluation campaigns of WMT and of the tools that they use."""
