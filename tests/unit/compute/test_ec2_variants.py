"""Clouds that speak EC2's protocol: Eucalyptus, Nimbus, Outscale."""

from __future__ import annotations

import inspect

import pytest

from libcloud.common.errors import (
    MalformedResponseError,
    QuotaExceededError,
    UnsupportedOperation,
)
from libcloud.compute.base import Node, NodeImage, NodeSize, StorageVolume
from libcloud.compute.drivers import ec2
from libcloud.compute.drivers.ec2 import (
    EucNodeDriver,
    NimbusNodeDriver,
    OutscaleINCNodeDriver,
    OutscaleNodeDriver,
    OutscaleSASNodeDriver,
)
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider
from libcloud.testing.http import ANY, HTTPDouble, includes
from libcloud.testing.specs import aws
from tests.unit.compute.ec2_double import NAMESPACE, ActionRoute, EC2Double

VARIANTS = [EucNodeDriver, NimbusNodeDriver, OutscaleSASNodeDriver, OutscaleINCNodeDriver]
EUCA = "http://msgs.eucalyptus.com/3.3.0"
OUTSCALE = "http://api.outscale.com/wsdl/fcuext/2014-04-15/"


class VariantDouble(EC2Double):
    """A cloud that follows the description of EC2 in some version."""

    path = "/"
    namespace = NAMESPACE

    def become(self, driver_class):
        """Have the path and the version of a driver's cloud."""
        version = driver_class.connectionCls.version
        self.path = driver_class.path
        self.spec = aws("ec2", version)
        if f"/{version}/" not in NAMESPACE:
            self.namespace = f"http://ec2.amazonaws.com/doc/{version}"

    def action(self, action, **parameters):
        form = {name.replace("_", "."): value for name, value in parameters.items()}
        route = self.on("POST", self.path, form=includes({"Action": action, **form}))
        return VariantRoute(action, route, self.namespace)


class VariantRoute(ActionRoute):
    def __init__(self, action, route, namespace):
        super().__init__(action, route)
        self.namespace = namespace

    def reply(self, inner="", namespace=None):
        return super().reply(inner, namespace or self.namespace)


class OwnActions(VariantDouble):
    """For actions that EC2 does not have, so that no description could judge them."""

    def __init__(self):
        HTTPDouble.__init__(self)


@pytest.fixture
def double():
    with VariantDouble() as double:
        yield double


@pytest.fixture
def own_actions():
    with OwnActions() as double:
        yield double


def variant(double, driver_class, **kwargs):
    kwargs.setdefault("host", "cloud.example.org")
    return double.attach(driver_class("AKID", "secret", retry=None, **kwargs))


def node(driver, id="i-1"):
    return Node(id, "web", NodeState.RUNNING, [], [], driver)


def size_and_image(driver):
    size = NodeSize("m1.small", "m1.small", 1740, 150, None, None, driver)
    return size, NodeImage("ami-1", "image", driver)


# -- all of them --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constant", "driver_class", "name"),
    [
        (Provider.EUCALYPTUS, EucNodeDriver, "Eucalyptus"),
        (Provider.NIMBUS, NimbusNodeDriver, "Nimbus"),
        (Provider.OUTSCALE_SAS, OutscaleSASNodeDriver, "Outscale SAS"),
        (Provider.OUTSCALE_INC, OutscaleINCNodeDriver, "Outscale INC"),
    ],
)
def test_get_driver_by_constant(constant, driver_class, name):
    assert get_driver(constant) is driver_class
    assert (driver_class.type, driver_class.name) == (constant, name)
    assert driver_class.features == {"create_node": ["ssh_key"]}


@pytest.mark.parametrize("driver_class", VARIANTS)
def test_host_port_scheme_region_and_token_are_the_callers(double, driver_class):
    double.become(driver_class)
    double.action("DescribeInstances").reply("<reservationSet/>")
    driver = variant(
        double,
        driver_class,
        host="127.0.0.1",
        port=8773,
        secure=False,
        region="eu-west-2",
        token="session-token",
        signature_version="4",
    )
    assert driver.list_nodes() == []
    [request] = double.requests
    assert request.url.startswith("http://127.0.0.1:8773/")
    assert "/eu-west-2/ec2/aws4_request" in request.headers["Authorization"]
    assert request.headers["X-Amz-Security-Token"] == "session-token"


@pytest.mark.parametrize(
    ("driver_class", "signature_version", "path", "version"),
    [
        (EucNodeDriver, "2", "/services/Eucalyptus", "2016-11-15"),
        (NimbusNodeDriver, "2", "/", "2016-11-15"),
        (OutscaleSASNodeDriver, "4", "/", "2016-04-01"),
        (OutscaleINCNodeDriver, "4", "/", "2016-04-01"),
    ],
)
def test_request_is_signed_and_versioned_as_the_cloud_wants_it(
    double, driver_class, signature_version, path, version
):
    double.become(driver_class)
    double.action("DescribeInstances").reply("<reservationSet/>")
    driver = variant(double, driver_class)
    driver.list_nodes()
    [request] = double.requests
    assert request.form["Version"] == [version]
    assert request.path == path
    assert request.form.get("SignatureVersion") == (["2"] if signature_version == "2" else None)
    assert ("Authorization" in request.headers) == (signature_version == "4")
    assert driver.signature_version == driver.connection.signature_version == signature_version


@pytest.mark.parametrize("driver_class", [EucNodeDriver, NimbusNodeDriver])
def test_private_cloud_without_host_says_so(driver_class):
    driver = driver_class("AKID", "secret")
    with pytest.raises(ValueError, match="host="):
        driver.list_nodes()


@pytest.mark.parametrize(
    ("driver_class", "stopped"),
    [
        (EucNodeDriver, NodeState.UNKNOWN),
        (NimbusNodeDriver, NodeState.UNKNOWN),
        (OutscaleSASNodeDriver, NodeState.STOPPED),
    ],
)
def test_list_nodes_in_their_states(double, driver_class, stopped):
    double.become(driver_class)
    states = ["pending", "running", "shutting-down", "terminated", "stopped", "stopping"]
    instances = "".join(
        f"<item><instanceId>i-{state}</instanceId>"
        f"<instanceState><name>{state}</name></instanceState></item>"
        for state in states
    )
    double.action("DescribeInstances").reply(
        f"<reservationSet><item><instancesSet>{instances}</instancesSet></item></reservationSet>"
    )
    driver = variant(double, driver_class)
    assert [node.state for node in driver.list_nodes()] == [
        NodeState.PENDING,
        NodeState.RUNNING,
        NodeState.UNKNOWN,
        NodeState.TERMINATED,
        stopped,
        NodeState.UNKNOWN,
    ]
    # Most of them would refuse a page size.
    assert double.forms()[0].keys().isdisjoint({"MaxResults", "NextToken"})


def test_list_of_two_pages_is_read_to_its_end(double):
    def item(id):
        instances = f"<instancesSet><item><instanceId>{id}</instanceId></item></instancesSet>"
        return f"<reservationSet><item>{instances}</item></reservationSet>"

    double.become(OutscaleSASNodeDriver)
    double.action("DescribeInstances", NextToken="t").reply(item("i-2"))
    double.action("DescribeInstances").reply(item("i-1") + "<nextToken>t</nextToken>")
    driver = variant(double, OutscaleSASNodeDriver)
    assert [node.id for node in driver.list_nodes()] == ["i-1", "i-2"]


RUN = (
    "<instancesSet><item><instanceId>i-1</instanceId>"
    "<instanceState><code>0</code><name>pending</name></instanceState></item></instancesSet>"
)


@pytest.mark.parametrize("driver_class", [EucNodeDriver, OutscaleSASNodeDriver])
def test_create_node_is_named_by_a_second_request(double, driver_class):
    double.become(driver_class)
    double.action("RunInstances").reply(RUN)
    double.action("CreateTags").reply("<return>true</return>")
    driver = variant(double, driver_class)
    size, image = size_and_image(driver)
    made = driver.create_node("web", size, image, ex_metadata={"stage": "test"})
    run, tag = double.forms()
    assert run["ClientToken"]
    assert not any(name.startswith("TagSpecification") for name in run)
    assert {key: value for key, value in tag.items() if "." in key} == {
        "ResourceId.1": "i-1",
        "Tag.1.Key": "Name",
        "Tag.1.Value": "web",
        "Tag.2.Key": "stage",
        "Tag.2.Value": "test",
    }
    assert made.name == "web"
    assert made.extra["tags"] == {"Name": "web", "stage": "test"}


def test_create_node_that_cannot_be_named_says_what_it_left(double):
    double.become(OutscaleSASNodeDriver)
    double.action("RunInstances").reply(RUN)
    double.action("CreateTags").fail(400, "TagLimitExceeded")
    driver = variant(double, OutscaleSASNodeDriver)
    with pytest.raises(QuotaExceededError, match=r"i-1 made, but not tagged: .*Says why"):
        driver.create_node("web", *size_and_image(driver))


def test_token_is_sent_only_where_it_is_known(double):
    # A cloud that ignored it would make a second volume when the request is sent again.
    double.become(EucNodeDriver)
    double.action("CreateVolume").reply("<volumeId>vol-1</volumeId><size>1</size>")
    double.action("CreateTags").reply("<return>true</return>")
    volume = variant(double, EucNodeDriver).create_volume(1, "data", location="zone-1")
    assert (volume.id, volume.name, volume.extra["tags"]) == ("vol-1", "data", {"Name": "data"})
    [form] = double.forms("CreateVolume")
    assert form["AvailabilityZone"] == "zone-1"
    assert "ClientToken" not in form


@pytest.mark.parametrize("driver_class", VARIANTS)
def test_sizes_from_ec2s_api_are_not_offered(driver_class):
    driver = driver_class("AKID", "secret", host="cloud.example.org")
    with pytest.raises(NotImplementedError, match="ex_list_sizes_from_api"):
        driver.ex_list_sizes_from_api()


# -- Eucalyptus ---------------------------------------------------------------------------------

SIZES = """
<euca:{root} xmlns:euca="http://msgs.eucalyptus.com/{release}"><euca:instanceTypeDetails>
<euca:item><euca:name>m1.small</euca:name><euca:cpu>1</euca:cpu><euca:disk>5</euca:disk>
<euca:memory>256</euca:memory></euca:item>
<euca:item><euca:name>t1.micro</euca:name><euca:cpu>2</euca:cpu><euca:disk>10</euca:disk>
<euca:memory>512</euca:memory></euca:item>
</euca:instanceTypeDetails></euca:{root}>
"""


@pytest.mark.parametrize(
    ("release", "root"),
    [("3.3.0", "DescribeInstanceTypesResponse"), ("4.4.0", "OfAnyOtherName")],
)
def test_euca_list_sizes_of_any_release(own_actions, release, root):
    route = own_actions.on("GET", "/services/Eucalyptus", query=ANY)
    route.reply(text=SIZES.format(root=root, release=release))
    driver = variant(own_actions, EucNodeDriver, api_version="3.3.0")
    small, micro = driver.list_sizes()
    assert (small.id, small.name, small.ram, small.disk) == ("m1.small", "m1.small", 256, 5)
    assert (small.bandwidth, small.price, small.extra) == (None, None, {"cpu": 1})
    assert (micro.id, micro.extra) == ("t1.micro", {"cpu": 2})
    [request] = own_actions.requests
    assert request.query["Action"] == ["DescribeInstanceTypes"]
    assert request.query["SignatureVersion"] == ["2"]


def test_euca_list_sizes_of_an_answer_without_sizes(own_actions):
    route = own_actions.on("GET", "/services/Eucalyptus", query=ANY)
    route.reply(text="<html><body>Welcome</body></html>")
    with pytest.raises(MalformedResponseError, match="instanceTypeDetails"):
        variant(own_actions, EucNodeDriver).list_sizes()


def test_euca_path_and_release_are_the_callers(double):
    double.path = "/services/compute"
    double.action("DescribeInstances").reply("<reservationSet/>")
    driver = variant(double, EucNodeDriver, path="/services/compute", api_version="4.0.0")
    driver.list_nodes()
    assert double.requests[0].path == "/services/compute"
    assert driver.EUCA_NAMESPACE == "http://msgs.eucalyptus.com/4.0.0"
    assert ec2.EUCA_NAMESPACE == EUCA


def test_euca_list_locations_is_not_offered():
    driver = EucNodeDriver("AKID", "secret", host="cloud.example.org")
    with pytest.raises(UnsupportedOperation, match="list_locations not implemented"):
        driver.list_locations()
    offered = EucNodeDriver.supported_operations()
    assert {"list_sizes", "list_nodes", "create_node"} <= offered
    assert offered.isdisjoint({"list_locations", "iterate_locations"})


ADDRESSES = """
<addressesSet>
<item><publicIp>192.0.2.1</publicIp><domain>standard</domain><instanceId>i-1</instanceId></item>
<item><publicIp>192.0.2.2</publicIp><domain>standard</domain><instanceId>i-9</instanceId></item>
<item><publicIp>192.0.2.3</publicIp><domain>standard</domain></item>
</addressesSet>
"""


def test_euca_ex_describe_addresses_are_chosen_here(double):
    double.become(EucNodeDriver)
    double.action("DescribeAddresses").reply(ADDRESSES)
    driver = variant(double, EucNodeDriver)
    found = driver.ex_describe_addresses([node(driver), node(driver, "i-2")])
    assert found == {"i-1": ["192.0.2.1"], "i-2": []}
    assert double.forms()[0].keys().isdisjoint({"Filter.1.Name", "PublicIp.1"})
    assert driver.ex_describe_addresses_for_node(node(driver)) == ["192.0.2.1"]
    assert driver.ex_describe_addresses([]) == {}
    assert len(double.requests) == 2


# -- Nimbus -------------------------------------------------------------------------------------


def test_nimbus_list_sizes_needs_no_request(double):
    driver = variant(double, NimbusNodeDriver)
    sizes = [(size.id, size.ram, size.disk, size.price) for size in driver.list_sizes()]
    assert sizes == [
        ("m1.small", 1740, 160, None),
        ("m1.large", 7680, 840, None),
        ("m1.xlarge", 15360, 1680, None),
    ]
    assert double.requests == []


def test_nimbus_has_no_tags(double):
    double.become(NimbusNodeDriver)
    double.action("RunInstances").reply(RUN)
    driver = variant(double, NimbusNodeDriver)
    made = driver.create_node("web", *size_and_image(driver), ex_metadata={"stage": "test"})
    assert (made.id, made.name, made.extra["tags"]) == ("i-1", "web", {})
    assert not driver.ex_create_tags(made, {"a": "b"})
    assert [form["Action"] for form in double.forms()] == ["RunInstances"]


def test_nimbus_create_node_of_several(double):
    item = "<item><instanceId>i-{}</instanceId></item>"
    double.become(NimbusNodeDriver)
    double.action("RunInstances").reply(
        f"<instancesSet>{item.format(1)}{item.format(2)}</instancesSet>"
    )
    driver = variant(double, NimbusNodeDriver)
    made = driver.create_node("web", *size_and_image(driver), ex_mincount=2, ex_maxcount=2)
    assert [(node.id, node.name) for node in made] == [("i-1", "web"), ("i-2", "web")]


def test_nimbus_has_no_elastic_addresses(double):
    driver = variant(double, NimbusNodeDriver)
    assert driver.ex_describe_addresses([node(driver), node(driver, "i-2")]) == {
        "i-1": [],
        "i-2": [],
    }
    assert double.requests == []


# -- Outscale -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "host", "country"),
    [
        ("us-east-1", "api.us-east-1.outscale.com", "USA"),
        ("eu-west-1", "api.eu-west-1.outscale.com", "FRANCE"),
        ("eu-west-2", "fcu.eu-west-2.outscale.com", "FRANCE"),
        ("eu-west-3", "api-ppd.outscale.com", "FRANCE"),
        ("us-east-2", "fcu.us-east-2.outscale.com", "USA"),
    ],
)
def test_outscale_region_has_its_endpoint(region, host, country):
    for driver_class, company in ((OutscaleSASNodeDriver, "sas"), (OutscaleINCNodeDriver, "inc")):
        driver = driver_class("AKID", "secret", region=region)
        assert (driver.connection.host, driver.country) == (host, country)
        assert driver.api_name == f"osc_{company}_{region.replace('-', '_')}"
        assert driver.region_name == region


def test_outscale_region_must_be_known():
    with pytest.raises(ValueError, match="Invalid region: mars"):
        OutscaleSASNodeDriver("AKID", "secret", region="mars")
    with pytest.raises(ValueError, match="Invalid region_details argument"):
        OutscaleNodeDriver("AKID", "secret")


def test_outscale_region_of_the_callers_own():
    details = {
        "cloudgouv-eu-west-1": {
            "endpoint": "fcu.cloudgouv-eu-west-1.outscale.com",
            "api_name": "unknown",
            "country": "FRANCE",
            "instance_types": ["m1.small"],
        }
    }
    driver = OutscaleSASNodeDriver(
        "AKID", "secret", region="cloudgouv-eu-west-1", region_details=details
    )
    assert driver.connection.host == "fcu.cloudgouv-eu-west-1.outscale.com"
    assert [(size.id, size.price) for size in driver.list_sizes()] == [("m1.small", None)]


def test_outscale_list_sizes_with_outscales_prices(double):
    sizes = {size.id: size for size in variant(double, OutscaleSASNodeDriver).list_sizes()}
    small = sizes["m1.small"]
    assert (small.name, small.ram, small.disk) == ("Standard Small Instance", 1740, 150)
    assert (small.bandwidth, small.price, small.extra) == (None, 0.07, {})
    assert len(sizes) == 20
    assert double.requests == []


def test_outscale_list_sizes_in_all_regions():
    # One region has sizes of which nobody knows the figures.
    assert "p2.xlarge" in ec2.OUTSCALE_INC_REGION_DETAILS["eu-west-1"]["instance_types"]
    for driver_class in (OutscaleSASNodeDriver, OutscaleINCNodeDriver):
        for region in ec2.OUTSCALE_SAS_REGION_DETAILS:
            assert len(driver_class("AKID", "secret", region=region).list_sizes()) == 20
    assert len(ec2.OUTSCALE_INSTANCE_TYPES) == 33


def test_outscale_create_node_refuses_a_profile():
    driver = OutscaleSASNodeDriver("AKID", "secret")
    size, image = size_and_image(driver)
    with pytest.raises(NotImplementedError, match="ex_iamprofile not implemented"):
        driver.create_node(name="web", size=size, image=image, ex_iamprofile="profile")


def test_outscale_ex_create_network_is_named_by_a_second_request(double):
    vpc = "<vpc><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></vpc>"
    double.become(OutscaleSASNodeDriver)
    double.action("CreateVpc", CidrBlock="10.0.0.0/16").reply(vpc)
    double.action("CreateTags", ResourceId_1="vpc-1", Tag_1_Value="lan").reply(
        "<return>true</return>"
    )
    driver = variant(double, OutscaleSASNodeDriver)
    network = driver.ex_create_network("10.0.0.0/16", name="lan")
    assert (network.id, network.name, network.extra["tags"]) == ("vpc-1", "lan", {"Name": "lan"})
    assert driver.ex_create_network("10.0.0.0/16").name == "vpc-1"
    assert len(double.requests) == 3


def test_outscale_ex_modify_instance_attribute(double):
    double.become(OutscaleSASNodeDriver)
    double.action("ModifyInstanceAttribute").reply("<return>true</return>")
    driver = variant(double, OutscaleSASNodeDriver)
    assert driver.ex_modify_instance_attribute(
        node(driver),
        disable_api_termination=False,
        ebs_optimized=True,
        group_id=["sg-1", "sg-2"],
        source_dest_check=False,
        user_data="dGVzdA==",
        attributes={"InstanceInitiatedShutdownBehavior.Value": "stop"},
    )
    [form] = double.forms()
    assert {key: value for key, value in form.items() if "." in key} == {
        "DisableApiTermination.Value": "false",
        "EbsOptimized.Value": "true",
        "GroupId.1": "sg-1",
        "GroupId.2": "sg-2",
        "SourceDestCheck.Value": "false",
        "UserData.Value": "dGVzdA==",
        "InstanceInitiatedShutdownBehavior.Value": "stop",
    }
    assert form["InstanceId"] == "i-1"


def test_outscale_ex_change_node_size(double):
    double.become(OutscaleSASNodeDriver)
    double.action("ModifyInstanceAttribute", InstanceType_Value="m1.small").reply(
        "<return>true</return>"
    )
    driver = variant(double, OutscaleSASNodeDriver)
    size, _ = size_and_image(driver)
    web = node(driver)
    assert driver.ex_change_node_size(web, size)
    web.extra["instance_type"] = "m1.small"
    with pytest.raises(ValueError, match="same as the existing size"):
        driver.ex_change_node_size(web, size)


def test_outscale_ex_register_image(double):
    double.become(OutscaleSASNodeDriver)
    double.action("RegisterImage", RootDeviceName="/dev/sda1").reply("<imageId>ami-1</imageId>")
    driver = variant(double, OutscaleSASNodeDriver)
    mapping = [{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-1"}}]
    image = driver.ex_register_image("web", "for the web", "x86_64", "/dev/sda1", mapping)
    assert (image.id, image.name) == ("ami-1", "web")
    [form] = double.forms()
    assert form["BlockDeviceMapping.1.Ebs.SnapshotId"] == "snap-1"
    assert form["Description"] == "for the web"


def test_outscale_create_volume_snapshot_is_named_by_a_second_request(double):
    double.become(OutscaleSASNodeDriver)
    double.action("CreateSnapshot").reply("<snapshotId>snap-1</snapshotId><status>pending</status>")
    double.action("CreateTags", ResourceId_1="snap-1").reply("<return>true</return>")
    driver = variant(double, OutscaleSASNodeDriver)
    snapshot = driver.create_volume_snapshot(StorageVolume("vol-1", "data", 1, driver), "backup")
    assert snapshot.extra["tags"] == {"Name": "backup"}


def test_outscale_ex_modify_instance_keypair(own_actions):
    own_actions.action("ModifyInstanceKeypair", instanceId="i-1", keyName="key").reply(
        "<return>true</return>", OUTSCALE
    )
    own_actions.action("ModifyInstanceKeypair", instanceId="i-2").reply(
        "<return>false</return>", OUTSCALE
    )
    driver = variant(own_actions, OutscaleSASNodeDriver)
    assert driver.ex_modify_instance_keypair("i-1", "key") is True
    assert driver.ex_modify_instance_keypair("i-2") is False


def test_outscale_ex_describe_quotas(own_actions):
    quota = (
        "<item><ownerId>owner</ownerId><name>ram_limit</name><displayName>RAM</displayName>"
        "<description>Memory</description><groupName>compute</groupName>"
        "<maxQuotaValue>10</maxQuotaValue><usedQuotaValue>5</usedQuotaValue></item>"
    )
    own_actions.action("DescribeQuotas", MaxResults="5", DryRun="true").reply(
        "<isTruncated>true</isTruncated><referenceQuotaSet>"
        f"<item><reference>global</reference><quotaSet>{quota}</quotaSet></item>"
        "<item><reference>vpc-1</reference><quotaSet/></item></referenceQuotaSet>",
        OUTSCALE,
    )
    driver = variant(own_actions, OutscaleSASNodeDriver)
    more, quotas = driver.ex_describe_quotas(dry_run=True, max_results=5)
    assert more == "true"
    assert quotas == {
        "global": [
            {
                "ownerId": "owner",
                "name": "ram_limit",
                "displayName": "RAM",
                "description": "Memory",
                "groupName": "compute",
                "maxQuotaValue": "10",
                "usedQuotaValue": "5",
            }
        ],
        "vpc-1": [],
    }
    with pytest.raises(NotImplementedError, match="quota filters are not implemented"):
        driver.ex_describe_quotas(filters={"reference": "global"})
    with pytest.raises(NotImplementedError, match="quota marker is not implemented"):
        driver.ex_describe_quotas(marker="m")


def test_outscale_product_types(own_actions):
    linux = "<productTypeId>0001</productTypeId><description>Linux</description>"
    own_actions.action("GetProductType", ImageId="ami-1", SnapshotId="snap-1").reply(
        linux, OUTSCALE
    )
    own_actions.action("DescribeProductTypes", Filter_1_Value_1="0001").reply(
        f"<productTypeSet><item>{linux}</item></productTypeSet>", OUTSCALE
    )
    driver = variant(own_actions, OutscaleSASNodeDriver)
    expected = {"productTypeId": "0001", "description": "Linux"}
    assert driver.ex_get_product_type("ami-1", "snap-1") == expected
    assert driver.ex_describe_product_types({"product-type-id": "0001"}) == [expected]


def test_outscale_ex_describe_instance_types(own_actions):
    own_actions.action("DescribeInstanceTypes", Filter_1_Name="name").reply(
        "<instanceTypeSet><item><name>m1.small</name><vcpu>1</vcpu><memory>1782579200</memory>"
        "<storageSize>161061273600</storageSize><storageCount>1</storageCount>"
        "<maxIpAddresses>4</maxIpAddresses><ebsOptimizedAvailable>false</ebsOptimizedAvailable>"
        "</item></instanceTypeSet>",
        OUTSCALE,
    )
    driver = variant(own_actions, OutscaleSASNodeDriver)
    assert driver.ex_describe_instance_types({"name": "m1.small"}) == [
        {
            "name": "m1.small",
            "vcpu": "1",
            "memory": "1782579200",
            "storageSize": "161061273600",
            "storageCount": "1",
            "maxIpAddresses": "4",
            "ebsOptimizedAvailable": "false",
        }
    ]


@pytest.mark.parametrize(
    "method",
    [
        "ex_attach_network_interface_to_node",
        "ex_copy_image",
        "ex_create_network_interface",
        "ex_delete_network_interface",
        "ex_detach_network_interface",
        "ex_get_limits",
    ],
)
def test_outscale_refuses_what_it_does_not_have(method):
    function = getattr(OutscaleSASNodeDriver("AKID", "secret"), method)
    required = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    ]
    with pytest.raises(NotImplementedError, match="not supported in the Outscale driver"):
        function(**dict.fromkeys(required))
