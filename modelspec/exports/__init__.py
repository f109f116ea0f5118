"""A model as a file that another runtime reads. May import `runner`, `torch`, `data`.

One module a format, which `formats` names by the ending of its files.
"""
