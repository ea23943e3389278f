"""Projects of Taguette; https://www.taguette.org."""
