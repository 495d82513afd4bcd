"""
Tags, security groups, networks, routes, interfaces, addresses and the rest of EC2.

Answers after the examples of the API reference, the page of each action:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import pytest

from libcloud.common.errors import (
    ConflictError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2 import (
    EC2Network,
    EC2NetworkInterface,
    EC2NetworkSubnet,
    EC2RouteTable,
    EC2SubnetAssociation,
    ElasticIP,
    VPCInternetGateway,
)
from libcloud.compute.types import NodeState
from tests.unit.compute.ec2_double import EC2Double, ec2_driver

YES = "<return>true</return>"
NAME_TAG = "<tagSet><item><key>Name</key><value>named</value></item></tagSet>"


@pytest.fixture
def double():
    with EC2Double() as double:
        yield double


@pytest.fixture
def driver(double):
    return ec2_driver(double)


@pytest.fixture
def node(driver):
    return Node("i-1", "n", NodeState.RUNNING, [], [], driver, extra={"tags": {"a": "b"}})


# -- tags ---------------------------------------------------------------------------------------


def test_ex_describe_tags_of_two_pages(double, driver, node):
    item = (
        "<tagSet><item><resourceId>i-1</resourceId><key>{}</key><value>{}</value></item></tagSet>"
    )
    double.action("DescribeTags", NextToken="t").reply(item.format("empty", ""))
    double.action("DescribeTags", Filter_1_Name="resource-id", Filter_1_Value_1="i-1").reply(
        item.format("Name", "web") + "<nextToken>t</nextToken>"
    )
    assert driver.ex_describe_tags(node) == {"Name": "web", "empty": ""}


@pytest.mark.parametrize("as_id", [True, False])
def test_ex_create_tags_counts_from_one(double, driver, node, as_id):
    double.action("CreateTags").reply(YES)
    assert driver.ex_create_tags("i-1" if as_id else node, {"a": "b", "c": ""}) is True
    assert double.forms() == [
        {
            "Action": "CreateTags",
            "ResourceId.1": "i-1",
            "Tag.1.Key": "a",
            "Tag.1.Value": "b",
            "Tag.2.Key": "c",
            "Tag.2.Value": "",
        }
    ]


def test_ex_delete_tags_whatever_their_value(double, driver, node):
    double.action("DeleteTags").reply(YES)
    assert driver.ex_delete_tags(node, {"a": None, "b": "c"}) is True
    [form] = double.forms()
    assert "Tag.1.Value" not in form
    assert form["Tag.2.Value"] == "c"


def test_no_tags_take_no_request(double, driver, node):
    assert driver.ex_create_tags(node, {}) is True
    assert driver.ex_delete_tags(node, {}) is True
    assert driver.ex_get_metadata_for_node(node) == {"a": "b"}
    assert double.requests == []


# -- security groups ----------------------------------------------------------------------------

GROUP = """
<securityGroupInfo><item><ownerId>123456789012</ownerId><groupId>sg-1</groupId>
<groupName>web</groupName><groupDescription>Web servers</groupDescription><vpcId>vpc-1</vpcId>
<ipPermissions>
  <item><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80</toPort>
  <groups><item><userId>123456789012</userId><groupId>sg-2</groupId></item></groups>
  <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>
  <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges></item>
</ipPermissions>
<ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><groups/>
<ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress>
<tagSet><item><key>a</key><value>b</value></item></tagSet></item></securityGroupInfo>
"""


def test_ex_get_security_groups_reads_rules(double, driver):
    double.action("DescribeSecurityGroups", GroupId_1="sg-1").reply(GROUP)
    [group] = driver.ex_get_security_groups(group_ids=["sg-1"], filters={"vpc-id": "vpc-1"})
    assert (group.id, group.name) == ("sg-1", "web")
    assert group.ingress_rules == [
        {
            "protocol": "tcp",
            "from_port": "80",
            "to_port": "80",
            "group_pairs": [{"user_id": "123456789012", "group_id": "sg-2", "group_name": None}],
            "cidr_ips": ["0.0.0.0/0", "::/0"],
        }
    ]
    assert group.egress_rules[0]["protocol"] == "-1"
    assert group.egress_rules[0]["from_port"] is None
    assert group.extra == {
        "vpc_id": "vpc-1",
        "description": "Web servers",
        "owner_id": "123456789012",
        "tags": {"a": "b"},
    }
    assert "MaxResults" not in double.forms()[0]


def test_ex_list_security_groups_of_two_pages(double, driver):
    double.action("DescribeSecurityGroups", NextToken="t").reply(GROUP)
    double.action("DescribeSecurityGroups").reply(f"{GROUP}<nextToken>t</nextToken>")
    assert driver.ex_list_security_groups() == ["web", "web"]


def test_ex_create_security_group(double, driver):
    double.action("CreateSecurityGroup").reply("<groupId>sg-1</groupId>")
    assert driver.ex_create_security_group("web", "Web servers", "vpc-1") == {"group_id": "sg-1"}
    assert double.forms() == [
        {
            "Action": "CreateSecurityGroup",
            "GroupName": "web",
            "GroupDescription": "Web servers",
            "VpcId": "vpc-1",
        }
    ]


def test_ex_create_security_group_that_exists(double, driver):
    double.action("CreateSecurityGroup").fail(400, "InvalidGroup.Duplicate")
    with pytest.raises(ResourceExistsError):
        driver.ex_create_security_group("web", "Web servers")


def test_ex_delete_security_group(double, driver):
    double.action("DeleteSecurityGroup", GroupId="sg-1").reply(YES)
    double.action("DeleteSecurityGroup", GroupName="web").reply(YES)
    assert driver.ex_delete_security_group_by_id("sg-1") is True
    assert driver.ex_delete_security_group_by_name("web") is True
    assert driver.ex_delete_security_group("web") is True


def test_ex_delete_security_group_in_use(double, driver):
    double.action("DeleteSecurityGroup").fail(400, "DependencyViolation")
    with pytest.raises(ConflictError):
        driver.ex_delete_security_group_by_id("sg-1")


RULE_METHODS = [
    ("ex_authorize_security_group_ingress", "AuthorizeSecurityGroupIngress"),
    ("ex_authorize_security_group_egress", "AuthorizeSecurityGroupEgress"),
    ("ex_revoke_security_group_ingress", "RevokeSecurityGroupIngress"),
    ("ex_revoke_security_group_egress", "RevokeSecurityGroupEgress"),
]


@pytest.mark.parametrize(("method", "action"), RULE_METHODS)
def test_rules_of_networks_and_groups_in_one_request(double, driver, method, action):
    double.action(action).reply(YES)
    pairs = [{"group_id": "sg-2"}, {"group_name": "g", "user_id": "1"}]
    networks = ["10.0.0.0/8", "fd00::/8", "192.0.2.0/24"]
    assert getattr(driver, method)("sg-1", 22, 23, networks, group_pairs=pairs) is True
    assert double.forms() == [
        {
            "Action": action,
            "GroupId": "sg-1",
            "IpPermissions.1.IpProtocol": "tcp",
            "IpPermissions.1.FromPort": "22",
            "IpPermissions.1.ToPort": "23",
            "IpPermissions.1.IpRanges.1.CidrIp": "10.0.0.0/8",
            "IpPermissions.1.IpRanges.2.CidrIp": "192.0.2.0/24",
            "IpPermissions.1.Ipv6Ranges.1.CidrIpv6": "fd00::/8",
            "IpPermissions.1.Groups.1.GroupId": "sg-2",
            "IpPermissions.1.Groups.2.GroupName": "g",
            "IpPermissions.1.Groups.2.UserId": "1",
        }
    ]


def test_ex_authorize_security_group_ingress_describes_the_rule(double, driver):
    double.action(
        "AuthorizeSecurityGroupIngress", IpPermissions_1_IpRanges_1_Description="office"
    ).reply(YES)
    driver.ex_authorize_security_group_ingress(
        "sg-1", 22, 22, cidr_ips=["192.0.2.0/24"], description="office"
    )


def test_ex_revoke_security_group_ingress_of_no_rule(double, driver):
    double.action("RevokeSecurityGroupIngress").fail(400, "InvalidPermission.NotFound")
    with pytest.raises(ResourceNotFoundError):
        driver.ex_revoke_security_group_ingress("sg-1", 22, 22, cidr_ips=["192.0.2.0/24"])


def test_ex_authorize_security_group_permissive_leaves_what_is_there(double, driver):
    double.action("AuthorizeSecurityGroupIngress", IpProtocol="udp").fail(
        400, "InvalidPermission.Duplicate"
    )
    double.action("AuthorizeSecurityGroupIngress", GroupName="web").reply(YES)
    assert driver.ex_authorize_security_group_permissive("web") == [True, True]
    sent = [(form["IpProtocol"], form["FromPort"], form["ToPort"]) for form in double.forms()]
    assert sent == [("tcp", "0", "65535"), ("udp", "0", "65535"), ("icmp", "-1", "-1")]


# -- networks -----------------------------------------------------------------------------------

VPC = (
    "<vpcId>vpc-1</vpcId><state>available</state><cidrBlock>10.0.0.0/16</cidrBlock>"
    "<dhcpOptionsId>dopt-1</dhcpOptionsId><instanceTenancy>default</instanceTenancy>"
    f"<isDefault>false</isDefault>{NAME_TAG}"
)
SUBNET = (
    "<subnetId>subnet-1</subnetId><state>available</state><vpcId>vpc-1</vpcId>"
    "<cidrBlock>10.0.1.0/24</cidrBlock><availableIpAddressCount>251</availableIpAddressCount>"
    f"<availabilityZone>us-east-1a</availabilityZone>{NAME_TAG}"
)
GATEWAY = (
    "<internetGatewayId>igw-1</internetGatewayId><attachmentSet><item><vpcId>vpc-1</vpcId>"
    f"<state>attached</state></item></attachmentSet>{NAME_TAG}"
)
NETWORK = EC2Network("vpc-1", "n", "10.0.0.0/16")
SUBNET_OBJECT = EC2NetworkSubnet("subnet-1", "n", "available")


def test_networks(double, driver):
    double.action("DescribeVpcs").reply(f"<vpcSet><item>{VPC}</item></vpcSet>")
    double.action("CreateVpc").reply(f"<vpc>{VPC}</vpc>")
    double.action("DeleteVpc", VpcId="vpc-1").reply(YES)
    [network] = driver.ex_list_networks(network_ids=["vpc-1"], filters={"state": "available"})
    assert (network.id, network.name, network.cidr_block) == ("vpc-1", "named", "10.0.0.0/16")
    assert network.extra == {
        "dhcp_options_id": "dopt-1",
        "instance_tenancy": "default",
        "is_default": "false",
        "state": "available",
        "tags": {"Name": "named"},
    }
    assert driver.ex_create_network("10.0.0.0/16", name="mine").name == "mine"
    assert driver.ex_delete_network(network) is True
    assert double.forms("CreateVpc") == [
        {
            "Action": "CreateVpc",
            "CidrBlock": "10.0.0.0/16",
            "InstanceTenancy": "default",
            "TagSpecification.1.ResourceType": "vpc",
            "TagSpecification.1.Tag.1.Key": "Name",
            "TagSpecification.1.Tag.1.Value": "mine",
        }
    ]


@pytest.mark.parametrize(
    ("action", "call"),
    [
        ("CreateVpc", lambda driver: driver.ex_create_network("10.0.0.0/16")),
        ("CreateSubnet", lambda driver: driver.ex_create_subnet("vpc-1", "10.0.0.0/24", "a")),
        ("CreateInternetGateway", lambda driver: driver.ex_create_internet_gateway()),
        ("CreateRouteTable", lambda driver: driver.ex_create_route_table(NETWORK)),
        ("CreateNetworkInterface", lambda driver: driver.ex_create_network_interface("subnet-1")),
    ],
)
def test_answer_without_what_was_made(double, driver, action, call):
    double.action(action).reply()
    with pytest.raises(MalformedResponseError):
        call(driver)


def test_subnets(double, driver):
    double.action("DescribeSubnets").reply(f"<subnetSet><item>{SUBNET}</item></subnetSet>")
    double.action("CreateSubnet").reply(f"<subnet>{SUBNET}</subnet>")
    double.action("DeleteSubnet", SubnetId="subnet-1").reply(YES)
    double.action("ModifySubnetAttribute", MapPublicIpOnLaunch_Value="true").reply(YES)
    [subnet] = driver.ex_list_subnets()
    assert (subnet.id, subnet.name, subnet.state) == ("subnet-1", "named", "available")
    assert subnet.extra["available_ips"] == 251
    assert driver.ex_create_subnet("vpc-1", "10.0.1.0/24", "us-east-1a", "mine").name == "mine"
    assert driver.ex_modify_subnet_attribute(subnet, "auto_public_ip", True) is True
    assert driver.ex_delete_subnet(subnet) is True
    with pytest.raises(ValueError, match="Unsupported attribute: colour"):
        driver.ex_modify_subnet_attribute(subnet, "colour", True)


def test_internet_gateways(double, driver):
    double.action("DescribeInternetGateways").reply(
        f"<internetGatewaySet><item>{GATEWAY}</item></internetGatewaySet>"
    )
    double.action("CreateInternetGateway").reply(
        "<internetGateway><internetGatewayId>igw-2</internetGatewayId><attachmentSet/>"
        "</internetGateway>"
    )
    for action in ("AttachInternetGateway", "DetachInternetGateway"):
        double.action(action, InternetGatewayId="igw-1", VpcId="vpc-1").reply(YES)
    double.action("DeleteInternetGateway", InternetGatewayId="igw-1").reply(YES)
    [gateway] = driver.ex_list_internet_gateways()
    assert (gateway.id, gateway.name, gateway.vpc_id) == ("igw-1", "named", "vpc-1")
    made = driver.ex_create_internet_gateway()
    assert (made.id, made.name, made.vpc_id, made.state) == ("igw-2", "igw-2", None, "available")
    assert driver.ex_attach_internet_gateway(gateway, NETWORK) is True
    assert driver.ex_detach_internet_gateway(gateway, NETWORK) is True
    assert driver.ex_delete_internet_gateway(gateway) is True


TABLE = (
    "<routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet>"
    "<item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId>"
    "<state>active</state><origin>CreateRouteTable</origin></item>"
    "<item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock><gatewayId>igw-1</gatewayId>"
    "<state>active</state><origin>CreateRoute</origin></item></routeSet>"
    "<associationSet><item><routeTableAssociationId>rtbassoc-1</routeTableAssociationId>"
    "<routeTableId>rtb-1</routeTableId><main>true</main></item></associationSet>"
    "<propagatingVgwSet><item><gatewayId>vgw-1</gatewayId></item></propagatingVgwSet><tagSet/>"
)


def test_route_tables(double, driver):
    double.action("DescribeRouteTables", MaxResults="100").reply(
        f"<routeTableSet><item>{TABLE}</item></routeTableSet>"
    )
    double.action("CreateRouteTable", VpcId="vpc-1").reply(f"<routeTable>{TABLE}</routeTable>")
    double.action("DeleteRouteTable", RouteTableId="rtb-1").reply(YES)
    [table] = driver.ex_list_route_tables()
    assert (table.id, table.name) == ("rtb-1", "rtb-1")
    assert [(route.cidr, route.gateway_id) for route in table.routes] == [
        ("10.0.0.0/16", "local"),
        ("::/0", "igw-1"),
    ]
    [association] = table.subnet_associations
    assert (association.id, association.subnet_id, association.main) == ("rtbassoc-1", None, True)
    assert table.propagating_gateway_ids == ["vgw-1"]
    assert driver.ex_create_route_table(NETWORK, "mine").name == "mine"
    assert driver.ex_delete_route_table(table) is True


def test_routes_and_associations(double, driver, node):
    table = EC2RouteTable("rtb-1", "n", [], [], [])
    association = EC2SubnetAssociation("rtbassoc-1", "rtb-1", "subnet-1")
    gateway = VPCInternetGateway("igw-1", "n", None, "available", driver)
    interface = EC2NetworkInterface("eni-1", "n", "available")
    double.action("AssociateRouteTable", SubnetId="subnet-1").reply(
        "<associationId>rtbassoc-1</associationId>"
    )
    double.action("ReplaceRouteTableAssociation").reply(
        "<newAssociationId>rtbassoc-2</newAssociationId>"
    )
    double.action("DisassociateRouteTable", AssociationId="rtbassoc-1").reply(YES)
    double.action("CreateRoute", GatewayId="igw-1", DestinationCidrBlock="0.0.0.0/0").reply(YES)
    double.action("CreateRoute", InstanceId="i-1").reply(YES)
    double.action("ReplaceRoute", NetworkInterfaceId="eni-1").reply(YES)
    double.action("DeleteRoute", DestinationCidrBlock="0.0.0.0/0").reply(YES)
    assert driver.ex_associate_route_table(table, SUBNET_OBJECT) == "rtbassoc-1"
    assert driver.ex_replace_route_table_association(association, table) == "rtbassoc-2"
    assert driver.ex_dissociate_route_table(association) is True
    assert driver.ex_dissociate_route_table("rtbassoc-1") is True
    assert driver.ex_create_route(table, "0.0.0.0/0", internet_gateway=gateway) is True
    assert driver.ex_create_route(table, "10.1.0.0/16", node=node) is True
    assert driver.ex_replace_route(table, "10.1.0.0/16", network_interface=interface) is True
    assert driver.ex_delete_route(table, "0.0.0.0/0") is True


def test_network_interfaces(double, driver, node):
    xml = (
        "<networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId>"
        "<status>available</status><description>d</description><tagSet/>"
    )
    double.action("DescribeNetworkInterfaces").reply(
        f"<networkInterfaceSet><item>{xml}</item></networkInterfaceSet>"
    )
    double.action("CreateNetworkInterface", SubnetId="subnet-1", PrivateIpAddress="10.0.1.5").reply(
        f"<networkInterface>{xml}</networkInterface>"
    )
    double.action("AttachNetworkInterface", DeviceIndex="1").reply(
        "<attachmentId>eni-attach-1</attachmentId>"
    )
    double.action("DetachNetworkInterface", Force="true").reply(YES)
    double.action("DeleteNetworkInterface", NetworkInterfaceId="eni-1").reply(YES)
    [interface] = driver.ex_list_network_interfaces()
    assert (interface.id, interface.state) == ("eni-1", "available")
    assert interface.extra["attachment"]["attachment_id"] is None
    made = driver.ex_create_network_interface(SUBNET_OBJECT, "mine", "d", "10.0.1.5")
    assert made.name == "mine"
    assert len(double.forms("CreateNetworkInterface")[0]["ClientToken"]) >= 32
    attachment = driver.ex_attach_network_interface_to_node(interface, node, 1)
    assert attachment == "eni-attach-1"
    assert driver.ex_detach_network_interface(attachment, force=True) is True
    assert driver.ex_delete_network_interface(interface) is True


# -- addresses ----------------------------------------------------------------------------------


def address_xml(ip, instance=""):
    return (
        f"<item><publicIp>{ip}</publicIp><allocationId>eipalloc-1</allocationId>"
        f"<domain>vpc</domain><instanceId>{instance}</instanceId></item>"
    )


def addresses(*each):
    return f"<addressesSet>{''.join(each)}</addressesSet>"


def in_vpc():
    extra = {"allocation_id": "eipalloc-1", "association_id": "eipassoc-1"}
    return ElasticIP("192.0.2.1", "vpc", "i-1", extra)


def test_ex_allocate_address(double, driver):
    double.action("AllocateAddress", Domain="vpc").reply(
        "<publicIp>192.0.2.1</publicIp><domain>vpc</domain><allocationId>eipalloc-1</allocationId>"
    )
    address = driver.ex_allocate_address("vpc")
    assert (address.ip, address.domain, address.instance_id) == ("192.0.2.1", "vpc", None)
    assert address.extra["allocation_id"] == "eipalloc-1"


def test_ex_describe_all_addresses(double, driver):
    double.action("DescribeAddresses").reply(
        addresses(address_xml("192.0.2.1", "i-1"), address_xml("192.0.2.2"))
    )
    assert [each.ip for each in driver.ex_describe_all_addresses()] == ["192.0.2.1", "192.0.2.2"]
    associated = driver.ex_describe_all_addresses(only_associated=True)
    assert [each.ip for each in associated] == ["192.0.2.1"]


def test_ex_describe_addresses_of_nodes_in_one_request(double, driver, node):
    other = Node("i-2", "n", NodeState.RUNNING, [], [], driver)
    double.action("DescribeAddresses", Filter_1_Name="instance-id").reply(
        addresses(address_xml("192.0.2.1", "i-1"), address_xml("192.0.2.2", "i-1"))
    )
    expected = {"i-1": ["192.0.2.1", "192.0.2.2"], "i-2": []}
    assert driver.ex_describe_addresses([node, other]) == expected
    assert driver.ex_describe_addresses_for_node(node) == ["192.0.2.1", "192.0.2.2"]
    assert driver.ex_describe_addresses([]) == {}
    assert len(double.requests) == 2


def test_address_in_a_vpc_is_named_by_its_ids(double, driver, node):
    double.action("AssociateAddress", InstanceId="i-1", AllocationId="eipalloc-1").reply(
        "<associationId>eipassoc-1</associationId>"
    )
    double.action("DisassociateAddress", AssociationId="eipassoc-1").reply(YES)
    double.action("ReleaseAddress", AllocationId="eipalloc-1").reply(YES)
    assert driver.ex_associate_address_with_node(node, in_vpc()) == "eipassoc-1"
    assert driver.ex_associate_addresses(node, in_vpc()) == "eipassoc-1"
    assert driver.ex_disassociate_address(in_vpc()) is True
    assert driver.ex_release_address(in_vpc()) is True


def test_address_outside_of_vpcs_is_named_by_itself(double, driver):
    double.action("ReleaseAddress", PublicIp="192.0.2.1").reply(YES)
    assert driver.ex_release_address(ElasticIP("192.0.2.1", "standard", None)) is True
    assert driver.ex_release_address(in_vpc(), domain="standard") is True


# -- the account --------------------------------------------------------------------------------


def test_placement_groups(double, driver):
    double.action("CreatePlacementGroup", GroupName="g", Strategy="cluster").reply()
    double.action("DeletePlacementGroup", GroupName="g").reply(YES)
    double.action("DescribePlacementGroups", GroupName_1="g", GroupName_2="h").reply(
        "<placementGroupSet><item><groupName>g</groupName><strategy>spread</strategy>"
        "<state>available</state></item></placementGroupSet>"
    )
    assert driver.ex_create_placement_group("g") is True
    [group] = driver.ex_list_placement_groups(["g", "h"])
    assert (group.name, group.state, group.strategy) == ("g", "available", "spread")
    assert driver.ex_delete_placement_group("g") is True


def test_ex_get_limits(double, driver):
    # The description names two attributes, the API's page more.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html
    double.spec = None
    item = (
        "<item><attributeName>{}</attributeName><attributeValueSet><item>"
        "<attributeValue>{}</attributeValue></item></attributeValueSet></item>"
    )
    double.action("DescribeAccountAttributes", AttributeName_1="max-instances").reply(
        "<accountAttributeSet>"
        + item.format("max-instances", 20)
        + item.format("supported-platforms", "VPC")
        + "</accountAttributeSet>"
    )
    assert driver.ex_get_limits() == {"resource": {"max-instances": 20}}
