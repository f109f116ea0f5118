"""Tables larger than memory: converted once, a piece at a time, into arrays in files."""
