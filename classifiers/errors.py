"""What can go wrong with files that people hand to a classifier; each message says what to do."""


class ClassifierError(ValueError):
    """The input cannot be used as it is."""


class BundleError(ClassifierError):
    """These bytes are not a bundle that this version can trust and read."""


class DataError(ClassifierError):
    """A labelled file, or a line of it, is not what was promised."""
