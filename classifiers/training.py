"""The second public top: training and measuring bundles. It needs scikit-learn; scoring (``classifiers``) does not."""

from classifiers.banglacheck import cases
from classifiers.check_comparison import CheckComparison
from classifiers.errors import BundleError, ClassifierError, DataError
from classifiers.evaluation import Measured, Report, evaluate_bundle
from classifiers.evidence import Evidence, Tested, gathered
from classifiers.examples import Example, read_labelled_file
from classifiers.learning_curve import SHARES, CurvePoint, learning_curve
from classifiers.pool import train
from classifiers.progress import Note, Step, unheard
from classifiers.promotion import LEAST_GOLD, LEAST_RANDOM, Reason, Verdict, judge
from classifiers.splits import apart_from, split_examples
from classifiers.teaching import teach
from classifiers.vectoriser import NgramFeatures

__all__ = [
    "LEAST_GOLD",
    "LEAST_RANDOM",
    "SHARES",
    "BundleError",
    "CheckComparison",
    "ClassifierError",
    "CurvePoint",
    "DataError",
    "Evidence",
    "Example",
    "Measured",
    "NgramFeatures",
    "Note",
    "Reason",
    "Report",
    "Step",
    "Tested",
    "Verdict",
    "apart_from",
    "cases",
    "evaluate_bundle",
    "gathered",
    "judge",
    "learning_curve",
    "read_labelled_file",
    "split_examples",
    "teach",
    "train",
    "unheard",
]
