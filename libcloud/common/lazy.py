"""Objects that are constructed when somebody first looks at them."""

from __future__ import annotations

import threading
from typing import Any

__all__ = ["LazyObject"]


class LazyObject:
    """Mixin whose :meth:`lazy` puts off the constructor."""

    @classmethod
    def lazy(cls, *lazy_init_args: Any, **lazy_init_kwargs: Any) -> Any:
        """
        An object of this class that is constructed with the given arguments when an attribute of it
        is first read or set.
        """
        return _proxy_class(cls)(lazy_init_args, lazy_init_kwargs)


def _proxy_class(cls: type) -> type:
    class Proxy(cls):  # type: ignore[misc]
        """Stands for the object, and becomes its door once it exists."""

        def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            object.__setattr__(self, "_lazy", (args, kwargs, threading.Lock(), []))

        def __getattribute__(self, name: str) -> Any:
            if name == "__class__":
                return cls
            return getattr(_constructed(cls, self), name)

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(_constructed(cls, self), name, value)

        def __delattr__(self, name: str) -> None:
            delattr(_constructed(cls, self), name)

        def __repr__(self) -> str:
            return repr(_constructed(cls, self))

    return Proxy


def _constructed(cls: type, proxy: Any) -> Any:
    args, kwargs, lock, made = object.__getattribute__(proxy, "_lazy")
    if not made:
        with lock:
            if not made:
                made.append(cls(*args, **kwargs))
    return made[0]
