"""A language model of one's own as a suggester: any address that speaks OpenAI's chat completions. Nothing it says is
believed: a quote must stand in the text, or it is dropped and counted.
"""
