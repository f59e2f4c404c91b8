"""A library: a reader's comment in, seven scores out. It knows nothing of webhooks, databases or jobs.

These names are all that an application needs for scoring, and importing them loads NumPy at most. Training is a
second public top, ``classifiers.training``.
"""

from classifiers.bundle import Bundle, Scored, load_bundle
from classifiers.drift import LEAST as LEAST_PROFILED
from classifiers.drift import Drift, Profile, compare_profiles, profile_of, read_profile
from classifiers.errors import BundleError
from classifiers.explanation import Explanation, Stretch, explain, explain_all
from classifiers.html_text import html_to_text
from classifiers.labels import LABELS, SCRIPTS
from classifiers.likeness import ALIKE, Sketch, sketch
from classifiers.script_detection import detect_script
from classifiers.text import normalise

__all__ = [
    "ALIKE",
    "LABELS",
    "LEAST_PROFILED",
    "SCRIPTS",
    "Bundle",
    "BundleError",
    "Drift",
    "Explanation",
    "Profile",
    "Scored",
    "Sketch",
    "Stretch",
    "compare_profiles",
    "detect_script",
    "explain",
    "explain_all",
    "html_to_text",
    "load_bundle",
    "normalise",
    "profile_of",
    "read_profile",
    "sketch",
]
