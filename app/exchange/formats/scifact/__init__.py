"""SciFact's claims with rationales, and the abstracts that have them."""
