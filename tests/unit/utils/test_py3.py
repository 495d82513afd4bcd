import http.client
import subprocess
import sys
import xml.etree.ElementTree
import xmlrpc.client

import pytest

from libcloud.utils import py3


def test_modules():
    assert py3.httplib is http.client
    assert py3.httplib.OK == 200
    assert py3.ET is xml.etree.ElementTree
    assert py3.xmlrpclib is xmlrpc.client
    assert {"httplib", "ET", "xmlrpclib", "b"} <= set(dir(py3))
    with pytest.raises(AttributeError):
        _ = py3.nothing


def test_expensive_modules_are_not_imported_before_they_are_asked_for():
    code = (
        "import sys, libcloud.utils.py3 as p; "
        "assert 'http.client' not in sys.modules and 'xmlrpc' not in sys.modules; "
        "from libcloud.utils.py3 import ET, httplib; assert httplib.OK == 200"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_text_and_bytes():
    assert (py3.b("ä"), py3.b(b"x"), py3.b(5)) == (b"\xc3\xa4", b"x", b"\x05")
    assert (py3.u(5), py3.ensure_string(b"x"), py3.ensure_string("x")) == ("5", "x", "x")
    assert (py3.bchr(65), py3.byte("A"), py3.hexadigits(b"a\x01")) == (b"A", 65, ["61", "01"])
    assert py3.base64_decode_string(py3.base64_encode_string(b"ab")) == b"ab"
    assert py3.tostring(py3.ET.XML("<a>ä</a>")) == "<a>ä</a>"
    for function in (py3.b, py3.ensure_string):
        with pytest.raises(TypeError, match="Invalid argument None"):
            function(None)


def test_others():
    assert py3.urlquote("a b") == "a%20b"
    assert py3.urlunquote("a%20b") == "a b"
    assert py3.urlencode({"a": "b c"}) == "a=b+c"
    assert py3.urlparse.urlsplit("http://x/").netloc == "x"
    assert py3.dictvalues({"a": 1}) == [1]
    assert py3.method_type(lambda self: self, 5, int)() == 5
