"""Programs for those who work on ncd-tikz; nothing here is installed."""
