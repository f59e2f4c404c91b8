"""All SQL of the product. Functions take a connection and never commit: only ``unit_of_work`` does.

One module a family of rows, named by its plural. Hot paths are single Core or textual statements over whole batches
(``unnest``), since row-by-row flushes cost several times the insert itself.
"""
