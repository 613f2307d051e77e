"""Linear probes: how much of a task's answer lies open in the vectors."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ITERATIONS = 300
STRENGTH = 0.1


def predictions(train: np.ndarray, labels: list[str], test: np.ndarray) -> np.ndarray:
    """Labels that a logistic regression on standardised vectors (C = 0.1, lbfgs, 300 iterations) gives the test's."""
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=ITERATIONS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        probe.fit(train, labels)
    return np.asarray(probe.predict(test))
