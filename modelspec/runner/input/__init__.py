"""The input pipeline: the order of rows in an epoch, batches of tensors, and their shards.

Imports `distributed` only.
"""
