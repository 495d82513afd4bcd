import logging
import warnings
from xml.etree import ElementTree

import pytest

import libcloud.utils
from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.utils import misc
from libcloud.utils import xml as xml_utils
from libcloud.utils.decorators import wrap_non_libcloud_exceptions
from libcloud.utils.escape import sanitize_object_name
from libcloud.utils.logging import ExtraLogFormatter
from libcloud.utils.retry import Retry

PLAIN = ElementTree.XML("<r><a>1</a><b><c>2</c></b><a/></r>")
SPACED = ElementTree.XML('<r xmlns="http://n"><a>1</a><b><c>2</c></b><a/></r>')


class Thing(misc.ReprMixin):
    _repr_attributes = ["id", "extra"]

    def __init__(self, id, extra):
        self.id = id
        self.extra = extra


def test_repr_mixin():
    assert repr(Thing(1, {})) == str(Thing(1, {})) == "<Thing id=1, extra={}>"


def test_find():
    assert misc.find([1, 2, 3], lambda x: x > 1) == 2
    assert misc.find([], bool) is None


def test_get_new_obj_merges_extra():
    old = Thing(1, {"a": 1})
    new = misc.get_new_obj(old, Thing, {"id": 2, "extra": {"b": 2}})
    assert (new.id, new.extra) == (2, {"a": 1, "b": 2})
    assert (old.id, old.extra) == (1, {"a": 1})


@pytest.mark.parametrize("size", [0, 1, 5, 16])
def test_get_secure_random_string(size):
    text = misc.get_secure_random_string(size)
    assert len(text) == size
    assert set(text) <= set("0123456789abcdef")


def test_get_secure_random_string_differs():
    assert misc.get_secure_random_string(32) != misc.get_secure_random_string(32)


def test_merge_valid_keys():
    params = {"a": 1, "z": 1}
    assert misc.merge_valid_keys(params, ["a", "b"], {"a": None, "c": 3}) == {"a": None}
    assert params == {"a": None, "z": 1}
    assert misc.merge_valid_keys(params, ["a"], None) == {}


def test_dictionaries():
    assert misc.lowercase_keys({"A": 1, "b": 2}) == {"a": 1, "b": 2}
    assert misc.reverse_dict({"a": 1, "b": 2}) == {1: "a", 2: "b"}


def test_lines_of_keys_and_values():
    assert misc.dict2str({"a": 1, "b": None}) == "a 1\nb\n"
    assert misc.str2dicts("a 1\nb 2 3\n\n c 4\nd\n") == [
        {"a": "1", "b": "2 3"},
        {"c": "4", "d": ""},
    ]
    assert misc.str2dicts("") == []
    assert misc.str2list("ip 1.2.3.4\nip\n\n ip 1.2.3.5 x\n") == ["1.2.3.4", "1.2.3.5"]


def test_names_that_live_elsewhere():
    assert misc.Retry is misc.retry is Retry


def test_sanitize_object_name():
    assert sanitize_object_name("a\\b/c") == "a/b/c"


@pytest.mark.parametrize(("element", "namespace"), [(PLAIN, None), (SPACED, "http://n")])
def test_xml_look_ups(element, namespace):
    assert xml_utils.findtext(element, "b/c", namespace) == "2"
    assert xml_utils.findtext(element, "b", namespace, None) is None
    assert xml_utils.findtext(element, "b", namespace) == ""
    assert xml_utils.findtext(element, "none", namespace, "x") is None
    assert xml_utils.findattr(element, "a", namespace) == "1"
    assert len(xml_utils.findall(element, "a", namespace)) == 2


@pytest.mark.parametrize("element", [PLAIN, SPACED])
def test_xml_look_ups_that_ignore_the_namespace(element):
    assert xml_utils.findtext_ignore_namespace(element, "b/c", "http://n") == "2"
    assert xml_utils.findtext_ignore_namespace(element, "b", "http://n", "empty") == "empty"
    assert len(xml_utils.findall_ignore_namespace(element, "a", "http://n")) == 2


def test_wrap_non_libcloud_exceptions():
    @wrap_non_libcloud_exceptions
    def raises(error):
        """Doc."""
        if error:
            raise error
        return 5

    assert raises(None) == 5
    assert (raises.__name__, raises.__doc__) == ("raises", "Doc.")
    with pytest.raises(LibcloudError, match="odd") as caught:
        raises(ValueError("odd"))
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.driver is caught.value.__cause__
    with pytest.raises(InvalidCredsError):
        raises(InvalidCredsError())
    with pytest.raises(KeyboardInterrupt):
        raises(KeyboardInterrupt())


def test_extra_log_formatter():
    record = logging.makeLogRecord({"msg": "hi %s", "args": ("x",), "_a": 1, "_b": [2], "c": 3})
    assert ExtraLogFormatter("%(message)s").format(record) == "hi x (a=1,b=[2])"
    assert ExtraLogFormatter().format(logging.makeLogRecord({"msg": "hi"})) == "hi"


def test_module_warnings(monkeypatch):
    with pytest.warns(DeprecationWarning, match="libcloud.compute.x"):
        libcloud.utils.deprecated_warning("x")
    with pytest.warns(FutureWarning, match="module x"):
        libcloud.utils.in_development_warning("x")
    monkeypatch.setattr(libcloud.utils, "SHOW_DEPRECATION_WARNING", False)
    monkeypatch.setattr(libcloud.utils, "SHOW_IN_DEVELOPMENT_WARNING", False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        libcloud.utils.deprecated_warning("x")
        libcloud.utils.in_development_warning("x")
