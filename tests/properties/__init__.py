"""
Properties: what holds for whatever a program may pass, tried by hypothesis.

The same examples are tried each time, and few enough for every run of the tests.
``PROPERTY_EXAMPLES=5000`` in the environment tries as many, other ones each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

__all__ = ["few", "thorough"]

_wanted = os.environ.get("PROPERTY_EXAMPLES")

thorough = settings(
    max_examples=int(_wanted or 80),
    derandomize=_wanted is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
"""For what is done in memory."""

few = settings(thorough, max_examples=int(_wanted or 30))
"""For what sends requests, or writes files."""
