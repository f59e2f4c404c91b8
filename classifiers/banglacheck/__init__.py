"""BanglaCheck: a functional test suite for comment classifiers, in Bangla, romanized Bangla and English.

What a fair moderator lets stand and what they hold, in templates of our own (``stand/`` and ``hold/``, a file to a
functionality) and filled from small lists (``slots.toml``). Half of the templates may be used to train, the other half
only to test. NumPy only.
"""

from classifiers.banglacheck.cases import Case, Half, cases
from classifiers.banglacheck.pointing import Pointing, pointing
from classifiers.banglacheck.report import Limits, Report, check

__all__ = ["Case", "Half", "Limits", "Pointing", "Report", "cases", "check", "pointing"]
