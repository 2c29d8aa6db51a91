"""Scores of classes: accuracy, F1, calibration."""
