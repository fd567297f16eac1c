"""Other ways to the same answer, each run in earnest: one file a peer."""
