"""Several trained models as one: members, what each counts, the run directory that holds them.

May import every room but `api`, `cli` and `tuning`.
"""
