"""The Review workspace: the queue of groups, the text with a lane for each annotator, the conflict card."""
