"""Mu-SHROOM: outputs of models with the hallucinations that several annotators marked."""
