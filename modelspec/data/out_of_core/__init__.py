"""Tables larger than memory: converted once, a chunk at a time, into arrays in files.

Imports `splitting`, `features`, `arrays`, `readers` and `table`.
"""
