"""What a repository says about its specs, and whether what it keeps of them is up to date; no torch."""
