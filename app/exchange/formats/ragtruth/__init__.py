"""RAGTruth: responses of models with their hallucinations, and the sources they were given."""
