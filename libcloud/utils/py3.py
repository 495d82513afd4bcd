"""
Names of the time when programs ran on Python 2 and 3.

They are frozen: nothing is added here, and the library itself uses the standard library.
"""

from __future__ import annotations

import base64
import importlib
import sys
import types
import urllib
from importlib import reload
from io import StringIO
from os.path import relpath
from typing import Any
from urllib import parse as urlparse
from urllib.parse import parse_qs, parse_qsl, urlencode
from urllib.parse import quote as urlquote
from urllib.parse import unquote as urlunquote

PY2 = False
PY27 = False
PY2_pre_279 = False
PY3 = True
#: :data:`ET` is the standard library's, not lxml's.
DEFAULT_LXML = False

basestring = str
bytes = bytes
next = next
u = _real_unicode = str
urllib2 = urllib

# Expensive to import, so not before they are asked for.
_MODULES = {
    "ET": "xml.etree.ElementTree",
    "httplib": "http.client",
    "xmlrpclib": "xmlrpc.client",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_MODULES[name])
    globals()[name] = module
    return module


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


def b(s: Any) -> bytes:
    """Text as UTF-8, bytes as they are, a small number as that one byte."""
    if isinstance(s, str):
        return s.encode("utf-8")
    if isinstance(s, bytes):
        return s
    if isinstance(s, int):
        return bytes([s])
    raise TypeError(f"Invalid argument {s!r} for b()")


def ensure_string(s: Any) -> str:
    """Bytes read as UTF-8, text as it is."""
    if isinstance(s, str):
        return s
    if isinstance(s, bytes):
        return s.decode("utf-8")
    raise TypeError(f"Invalid argument {s!r} for ensure_string()")


def byte(n: Any) -> int:
    """The number of a character."""
    return ord(n)


def bchr(s: int) -> bytes:
    """The byte of a number."""
    return bytes([s])


def dictvalues(d: Any) -> list[Any]:
    return list(d.values())


def tostring(node: Any) -> str:
    """An XML element as text."""
    from xml.etree import ElementTree

    return ElementTree.tostring(node, encoding="unicode")


def hexadigits(s: bytes) -> list[str]:
    """Each byte as two hexadecimal digits."""
    return [f"{x:02x}" for x in s]


def base64_encode_string(*args: Any, **kwargs: Any) -> bytes:
    return base64.encodebytes(*args, **kwargs)


def base64_decode_string(*args: Any, **kwargs: Any) -> bytes:
    return base64.decodebytes(*args, **kwargs)


def method_type(callable: Any, instance: Any, klass: Any) -> types.MethodType:
    return types.MethodType(callable, instance)


def assertRaisesRegex(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802
    return self.assertRaisesRegex(*args, **kwargs)


def assertRegex(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802
    return self.assertRegex(*args, **kwargs)
