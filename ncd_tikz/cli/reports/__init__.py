"""One file per format: each is a function of what was checked, and prints nothing."""
