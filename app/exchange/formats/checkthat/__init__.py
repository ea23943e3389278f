"""CheckThat!: which sentences or tweets are worth checking, and runs of systems with their scores."""
