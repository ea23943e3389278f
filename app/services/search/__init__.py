"""Finding terms in all documents, and annotating what was found."""
