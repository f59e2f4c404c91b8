"""The second public top: training and measuring bundles. It needs scikit-learn; scoring (``classifiers``) does not."""

from classifiers.errors import BundleError, ClassifierError, DataError
from classifiers.evaluation import Measured, Report, evaluate_bundle
from classifiers.examples import Example, read_labelled_file
from classifiers.pool import train
from classifiers.progress import Note, Step, unheard
from classifiers.splits import split_examples
from classifiers.teaching import teach
from classifiers.vectoriser import NgramFeatures

__all__ = [
    "BundleError",
    "ClassifierError",
    "DataError",
    "Example",
    "Measured",
    "NgramFeatures",
    "Note",
    "Report",
    "Step",
    "evaluate_bundle",
    "read_labelled_file",
    "split_examples",
    "teach",
    "train",
    "unheard",
]
