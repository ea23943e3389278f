"""Campaigns against what Stet promises of trust: kills, faults, damage, nasty inputs, fuzz, endurance."""
