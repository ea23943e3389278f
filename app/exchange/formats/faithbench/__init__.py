"""FaithBench: annotated hallucinations in summaries."""
