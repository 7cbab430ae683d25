"""One file per gold table: `generate` makes the facts, `GOLD` the columns that follow from them in SQL.

Columns that follow from others (an outcome flag, a duration, a hash) are computed in SQL when the rows are
loaded, by the rules of the gold load, so they stay true whatever an incident changes.
"""
