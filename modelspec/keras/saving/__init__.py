"""From a graph to the file that Keras saves of a model: what the importer reads, the other way.

No Keras and no torch: configurations are data, and arrays are given.
"""
