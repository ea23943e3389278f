"""Data sets as the Hugging Face Hub has them; https://huggingface.co/docs/datasets."""
