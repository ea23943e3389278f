"""The domain: pure values and functions on them. Standard library and msgspec only."""
