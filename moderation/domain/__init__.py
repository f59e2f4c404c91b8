"""The rules: what a comment may become, what a policy holds, when a callback is tried again.

Standard library only. Nothing here reads a clock, a database, the network or the environment: what a rule needs is
handed to it, so every rule can be tested with plain values. Text reaches the domain already normalised.
"""
