"""What is made when somebody first looks at it: whole objects, and the ``extra`` of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, AnyStr, cast

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

__all__ = ["LazyExtra", "LazyObject", "lazy_pattern", "put_off_extra"]


def lazy_pattern(pattern: AnyStr) -> re.Pattern[AnyStr]:
    """
    ``re.compile(pattern)``, done when the pattern is first used: to compile one takes longer
    than to import the module that it is in.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(pattern))


class _Pattern:
    def __init__(self, source: Any) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        import re

        value = getattr(re.compile(self._source), name)
        # From now on it is found at once.
        setattr(self, name, value)
        return value


class LazyObject:
    """Mixin whose :meth:`lazy` puts off the constructor."""

    @classmethod
    def lazy(cls, *lazy_init_args: Any, **lazy_init_kwargs: Any) -> Any:
        """
        An object of this class that is constructed with the given arguments when an attribute of it
        is first read or set.
        """
        return _proxy_class(cls)(lazy_init_args, lazy_init_kwargs)


def put_off_extra(resource: LazyExtra, make: Callable[..., dict[str, Any]], *args: Any) -> None:
    """
    Let a resource's ``extra`` be what ``make(*args)`` returns, called when it is first looked at.

    Two threads that look at the same time may both call it, and get the same dict.

    :param args: All that ``make`` needs, and no more: they are kept until then, so neither a whole
        answer, nor an element of lxml, which keeps its whole document.
    """
    attributes = _attributes_of(resource)
    attributes.pop("extra", None)
    attributes[_PUT_OFF] = (make, args)


class _Extra:
    """Stands in the class for an attribute that is not yet among those of the object."""

    def __get__(self, resource: Any, owner: Any = None) -> Any:
        if resource is None:
            return self
        try:
            return _with_extra(resource)["extra"]
        except KeyError:
            name = type(resource).__name__
            raise AttributeError(f"{name!r} object has no attribute 'extra'") from None


class _Plain:
    """Has the ``__dict__`` that :class:`LazyExtra` covers."""


_attributes_of: Callable[[Any], dict[str, Any]] = _Plain.__dict__["__dict__"].__get__

_PUT_OFF = "_extra_put_off"


class LazyExtra(_Plain):
    """
    Mixin of resources whose ``extra`` may be put off, by :func:`put_off_extra`.

    A resource of a listing has dozens of facts in ``extra``, and most programs read none of them.
    Whichever way one looks, at ``extra`` itself, ``vars()``, ``dir()``, or by copying or pickling,
    it is there, and is a plain dict. It must come before other bases that have attributes.
    """

    extra: Any = _Extra()

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        return _with_extra(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Python copies and pickles the attributes without asking the property.
        _with_extra(self)
        return super().__reduce_ex__(protocol)


def _with_extra(resource: Any) -> dict[str, Any]:
    """The attributes of a resource, ``extra`` among them."""
    attributes = _attributes_of(resource)
    put_off = attributes.get(_PUT_OFF)
    if put_off is not None:
        if "extra" not in attributes:
            make, args = put_off
            # The first thread's stays: what somebody wrote into it must not get lost.
            attributes.setdefault("extra", make(*args))
        attributes.pop(_PUT_OFF, None)
    return attributes


def _proxy_class(cls: type) -> type:
    class Proxy(cls):  # type: ignore[misc]
        """Stands for the object, and becomes its door once it exists."""

        def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            import threading

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
