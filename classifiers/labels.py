"""The seven things a classifier scores, and the ways a comment can be written: the words every other module shares."""

LABELS = ("toxicity", "insult", "profanity", "identity_attack", "threat", "sexually_explicit", "spam")
"""In this order everywhere: a row of scores, a column of weights."""

SCRIPTS = ("bn", "bn-Latn", "en", "mixed", "und")
"""Bangla script, romanized Bangla, English, a mixture, and too little to tell."""
