"""Reads a drift measurement on standard input and writes its picture: ``python -m moderation.drawing``."""

import json
import sys

from moderation.drawing.histograms import drift_picture

if __name__ == "__main__":
    sys.stdout.write(drift_picture(json.load(sys.stdin)))
