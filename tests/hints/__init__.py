"""The rules that compare texts with their references, on written cases with the real pipeline."""
