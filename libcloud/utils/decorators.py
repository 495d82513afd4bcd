"""Decorators for drivers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from libcloud.common.types import LibcloudError

__all__ = ["LibcloudError", "wrap_non_libcloud_exceptions"]

P = ParamSpec("P")
R = TypeVar("R")


def wrap_non_libcloud_exceptions(func: Callable[P, R]) -> Callable[P, R]:
    """
    Turn every other exception of a function into a :class:`LibcloudError`.

    The error's ``value`` is the text of the original, its ``driver`` the original itself, which is
    also its cause.
    """

    @functools.wraps(func)
    def decorated(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return func(*args, **kwargs)
        except LibcloudError:
            raise
        except Exception as error:
            raise LibcloudError(str(error), driver=error) from error

    return decorated
