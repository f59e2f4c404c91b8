"""The use cases, one family a file, in flow order. A step takes what it needs as parameters, opens its own units of
work, and imports only a later step; what is further away is reached by a job.
"""
