"""Looking at data: its types for a first spec, its statistics, what is suspect about it."""
