import json
import os
import threading

import pytest

import libcloud.utils.connection
from libcloud import data, pricing
from libcloud.common.errors import MalformedResponseError

GOOD = json.dumps({"compute": {"mine": {"1": 5}}, "storage": {}, "updated": 1})


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(pricing, "CUSTOM_PRICING_FILE_PATH", str(tmp_path / "none.json"))
    pricing.clear_pricing_data()
    yield
    pricing.clear_pricing_data()


@pytest.fixture
def custom_file(monkeypatch, tmp_path):
    file = tmp_path / "custom.json"
    file.write_text(json.dumps({"compute": {"mine": {"1": 5}}}, indent=4))
    return file


@pytest.fixture
def answer(monkeypatch):
    """Makes the address of a download answer with a text."""

    def set_answer(body):
        response = type("Response", (), {"body": body})()
        monkeypatch.setattr(libcloud.utils.connection, "get_response_object", lambda url: response)

    return set_answer


def test_packaged_file_is_laid_out_so_that_one_driver_can_be_read_alone():
    with open(pricing.DEFAULT_PRICING_FILE_PATH) as file:
        prices = json.load(file)
    for type_ in pricing.VALID_PRICING_DRIVER_TYPES:
        for name, expected in prices[type_].items():
            assert pricing.get_pricing(type_, name) == expected
            pricing.clear_pricing_data()


def test_no_ec2_size_is_free():
    for name in ("ec2_linux", "ec2_windows", "ec2_rhel"):
        prices = pricing.get_pricing("compute", name).values()
        assert all(price > 0 for by_region in prices for price in by_region.values())


def test_get_pricing_remembers_only_what_was_asked_for():
    first = pricing.get_pricing("compute", "rackspace")
    assert pricing.get_pricing("compute", "rackspace") is first
    assert list(pricing.PRICING_DATA["compute"]) == ["rackspace"]


@pytest.mark.parametrize("by_argument", [True, False])
def test_get_pricing_of_all_drivers(monkeypatch, by_argument):
    monkeypatch.setattr(pricing, "CACHE_ALL_PRICING_DATA", not by_argument)
    pricing.get_pricing("compute", "rackspace", cache_all=by_argument)
    assert {"ec2_linux", "gce_instances"} <= set(pricing.PRICING_DATA["compute"])


def test_get_pricing_of_all_drivers_keeps_what_the_program_has_set():
    pricing.set_pricing("compute", "packet", {"mine": 1})
    pricing.get_pricing("compute", "rackspace", cache_all=True)
    assert pricing.get_pricing("compute", "packet") == {"mine": 1}


def test_get_pricing_of_an_unknown_driver():
    with pytest.raises(KeyError, match="nope"):
        pricing.get_pricing("compute", "nope")
    with pytest.raises(KeyError):
        pricing.get_pricing("storage", "rackspace")
    with pytest.raises(AttributeError, match="Invalid driver type: foo"):
        pricing.get_pricing("foo", "rackspace")


def test_get_pricing_from_the_custom_file(monkeypatch, custom_file):
    monkeypatch.setattr(pricing, "CUSTOM_PRICING_FILE_PATH", str(custom_file))
    assert pricing.get_pricing_file_path() == str(custom_file)
    assert pricing.get_pricing("compute", "mine") == {"1": 5}
    assert pricing.get_size_price("compute", "ec2_linux", "m5.large", "us-east-1") is None
    with pytest.raises(KeyError):
        pricing.get_pricing("storage", "mine")


def test_get_pricing_from_a_file_named_in_the_call(custom_file, tmp_path):
    pricing.set_pricing("compute", "mine", {"1": 1})
    assert pricing.get_pricing("compute", "mine", str(custom_file)) == {"1": 5}
    with pytest.raises(FileNotFoundError):
        pricing.get_pricing("compute", "mine", str(tmp_path / "missing.json"))


def test_get_size_price():
    assert pricing.get_size_price("compute", "rackspace", "1") == 0.015
    assert pricing.get_size_price("compute", "rackspace", "1", "anywhere") == 0.015
    assert pricing.get_size_price("compute", "ec2_linux", "m5.large", region="us-east-1") == 0.096


def test_get_size_price_that_is_not_known():
    assert pricing.get_size_price("compute", "rackspace", "x") is None
    assert pricing.get_size_price("compute", "nope", "1") is None
    assert pricing.get_size_price("compute", "ec2_linux", "x", region="us-east-1") is None
    assert pricing.get_size_price("compute", "ec2_linux", "m5.large", region="x") is None
    assert pricing.get_size_price("compute", "ec2_linux", "m5.large") is None


def test_set_pricing_and_forgetting_it():
    cache = pricing.PRICING_DATA
    pricing.set_pricing("compute", "mine", {"1": "2.5"})
    assert pricing.get_size_price("compute", "mine", "1") == 2.5
    pricing.invalidate_module_pricing_cache("compute", "mine")
    pricing.invalidate_module_pricing_cache("compute", "mine")
    assert pricing.get_size_price("compute", "mine", "1") is None
    pricing.set_pricing("compute", "mine", {"1": 1})
    pricing.invalidate_pricing_cache()
    assert pricing.PRICING_DATA is cache
    assert cache == {"compute": {}, "storage": {}}
    with pytest.raises(KeyError):
        pricing.set_pricing("foo", "mine", {})
    with pytest.raises(KeyError):
        pricing.invalidate_module_pricing_cache("foo", "mine")


@pytest.mark.parametrize(
    ("image", "size", "cores", "expected"),
    [
        ("rhel-9-v2024", None, 4, 1),
        ("rhel-9-v2024", "n1-standard-8", 5, 2),
        ("rhel-8-sap-ha", None, 8, 3),
        ("sles-15", None, 1, 4),
        ("sles-15", "f1-micro", 1, 5),
        ("sles-15-sap", None, 2, 6),
        ("sles-15-sap", None, 4, 7),
        ("windows-server-2022", None, 4, 4 * 8),
        ("sql-std-2019-win-2022", None, 4, 9),
        ("sql-2016-enterprise-windows-2019", None, 4, 10),
        ("sql-web-2019", None, 4, 11),
        ("sql-exp-2019", None, 4, 0),
        ("debian-12", None, 4, 0),
    ],
)
def test_get_image_price(image, size, cores, expected):
    def tiers(**prices):
        return {name.replace("_", " "): {"price": price} for name, price in prices.items()}

    prices = {
        "RHEL": {"4vcpu or less": {"price": 1}, "6vcpu or more": {"price": 2}, "description": "x"},
        "RHEL with Update Services": {"6vcpu or more": {"price": 3}},
        "SLES": tiers(any=4, f1=5),
        "SLES for SAP": {"1-2vcpu": {"price": 6}, "3-4vcpu": {"price": 7}},
        "Windows Server": tiers(any=8),
        "SQL Server": tiers(standard=9, enterprise=10, web=11),
    }
    pricing.set_pricing("compute", "gce_images", prices)
    assert pricing.get_image_price("gce_images", image, size, cores) == expected


def test_get_image_price_of_an_unknown_driver():
    assert pricing.get_image_price("nope", "rhel-9") == 0


def test_download_pricing_file(answer, tmp_path):
    answer(GOOD)
    pricing.download_pricing_file(file_path=str(tmp_path / "new.json"))
    assert (tmp_path / "new.json").read_text() == GOOD
    assert os.listdir(tmp_path) == ["new.json"]


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", '{"compute": {}}', '{"compute": 5, "storage": {}}']
)
def test_download_pricing_file_that_is_not_good_keeps_the_old_one(answer, tmp_path, body):
    file = tmp_path / "old.json"
    file.write_text("old")
    answer(body)
    with pytest.raises(MalformedResponseError, match="valid pricing data"):
        pricing.download_pricing_file(file_path=str(file))
    assert file.read_text() == "old"


def test_download_pricing_file_that_cannot_be_put_in_place_leaves_nothing(answer, tmp_path):
    answer(GOOD)
    (tmp_path / "directory").mkdir()
    with pytest.raises(OSError):
        pricing.download_pricing_file(file_path=str(tmp_path / "directory"))
    assert os.listdir(tmp_path) == ["directory"]


def test_download_pricing_file_to_a_missing_directory(tmp_path):
    with pytest.raises(ValueError, match="doesn't exist"):
        pricing.download_pricing_file(file_path=str(tmp_path / "none" / "new.json"))


def test_get_pricing_from_many_threads_while_it_is_forgotten():
    wrong = []

    def look_up():
        for _ in range(50):
            price = pricing.get_size_price("compute", "rackspace", "1")
            if price != 0.015:
                wrong.append(price)

    threads = [threading.Thread(target=look_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        pricing.invalidate_pricing_cache()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_ec2_data_belongs_together():
    regions, offerings, sizes = data.ec2_regions(), data.ec2_offerings(), data.ec2_sizes()
    assert set(offerings) <= set(regions)
    assert all(set(types) <= set(sizes) and types == sorted(types) for types in offerings.values())
    assert {"us-east-1", "cn-north-1", "us-gov-east-1", "ap-southeast-7"} <= set(regions)
    for region in regions.values():
        assert set(region) == {"api_name", "country", "name", "endpoint", "signature_version"}
    for name, size in sizes.items():
        assert size["id"] == size["name"] == size["extra"]["instanceType"] == name
        assert size["ram"] > 0
        assert size["disk"] >= 0
        assert int(size["extra"]["vcpu"]) > 0
