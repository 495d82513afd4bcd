"""Requests and answers against the descriptions that botocore carries."""

from __future__ import annotations

import boto3
import pytest
import requests

from libcloud.testing.http import Request, answer
from libcloud.testing.specs import aws

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
XML = {"Content-Type": "text/xml"}


def request(method, url, **kwargs):
    return Request(requests.Request(method, url, **kwargs).prepare())


def ec2(**parameters):
    parameters = {"Version": "2016-11-15", **parameters}
    url = "https://ec2.us-east-1.amazonaws.com/"
    found = aws("ec2").request_violations(request("POST", url, data=parameters))
    return [str(violation) for violation in found]


def found_by(service, method, url, **kwargs):
    found = aws(service).request_violations(request(method, url, **kwargs))
    return [str(violation) for violation in found]


def only(texts):
    assert len(texts) == 1, texts
    return texts[0]


class Sent(Exception):
    """Carries the request out of boto3."""


BOTO3_CALLS = [
    ("ec2", "describe_instances", {"Filters": [{"Name": "a", "Values": ["x", "y"]}]}),
    (
        "ec2",
        "run_instances",
        {
            "ImageId": "ami-1",
            "MinCount": 1,
            "MaxCount": 1,
            "UserData": "x",
            "BlockDeviceMappings": [{"DeviceName": "/dev/sda", "Ebs": {"VolumeSize": 5}}],
            "TagSpecifications": [
                {"ResourceType": "instance", "Tags": [{"Key": "k", "Value": "v"}]}
            ],
        },
    ),
    ("ec2", "import_key_pair", {"KeyName": "k", "PublicKeyMaterial": b"ssh-rsa AAAA"}),
    (
        "elb",
        "create_load_balancer",
        {
            "LoadBalancerName": "x",
            "Listeners": [{"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}],
            "AvailabilityZones": ["us-east-1a"],
        },
    ),
    ("ecs", "run_task", {"taskDefinition": "x", "count": 2}),
    (
        "route53",
        "change_resource_record_sets",
        {
            "HostedZoneId": "Z1",
            "ChangeBatch": {
                "Changes": [
                    {
                        "Action": "CREATE",
                        "ResourceRecordSet": {
                            "Name": "x",
                            "Type": "A",
                            "TTL": 5,
                            "ResourceRecords": [{"Value": "192.0.2.1"}],
                        },
                    }
                ]
            },
        },
    ),
    ("route53", "list_resource_record_sets", {"HostedZoneId": "Z1", "StartRecordName": "q"}),
    ("s3", "list_buckets", {}),
    ("s3", "list_objects_v2", {"Bucket": "bucket", "Prefix": "x y"}),
    (
        "s3",
        "put_object",
        {"Bucket": "bucket", "Key": "a/b c", "Body": b"x", "Metadata": {"k": "v"}},
    ),
    ("s3", "upload_part", {"Bucket": "bucket", "Key": "k", "UploadId": "u", "PartNumber": 1}),
    ("s3", "copy_object", {"Bucket": "bucket", "Key": "k", "CopySource": "a/b"}),
    ("s3", "delete_objects", {"Bucket": "bucket", "Delete": {"Objects": [{"Key": "k"}]}}),
    (
        "s3",
        "complete_multipart_upload",
        {
            "Bucket": "bucket",
            "Key": "k",
            "UploadId": "u",
            "MultipartUpload": {"Parts": [{"ETag": "e", "PartNumber": 1}]},
        },
    ),
]


@pytest.mark.parametrize(("service", "call", "arguments"), BOTO3_CALLS)
def test_request_of_boto3_passes(service, call, arguments):
    client = boto3.client(
        service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    sent = []

    def keep(request, **_):
        sent.append(request)
        raise Sent

    client.meta.events.register("before-send", keep)
    with pytest.raises(Sent):
        getattr(client, call)(**arguments)
    assert aws(service).request_violations(Request(sent[0])) == []


def test_unknown_action_fails():
    assert only(ec2(Action="DescribeMachines")).endswith("there is no such operation")


def test_unknown_parameter_fails():
    text = only(ec2(Action="DescribeInstances", MaxResult="5"))
    assert text == "DescribeInstances: MaxResult: is not described"


def test_missing_required_parameter_fails():
    text = only(ec2(Action="RunInstances", ImageId="ami-1", MinCount="1"))
    assert "Missing required parameter" in text
    assert "MaxCount" in text


def test_wrong_type_of_a_parameter_fails():
    texts = ec2(Action="DescribeInstances", MaxResults="five")
    assert "DescribeInstances: MaxResults: 'five' is not of type integer" in texts


def test_value_that_is_not_allowed_fails():
    texts = ec2(Action="CreateVolume", AvailabilityZone="a", Size="1", VolumeType="fast")
    assert "'fast' is none of" in only(texts)


def test_list_that_counts_from_zero_fails():
    texts = ec2(Action="CreateTags", **{"ResourceId.0": "i-1", "Tag.1.Key": "k"})
    assert any("counts from 1 without gaps" in text for text in texts)


def test_wrong_version_fails():
    text = only(ec2(Action="DescribeInstances", Version="2010-01-01"))
    assert text.startswith("DescribeInstances: Version")


def test_list_of_the_query_protocol_without_member_fails():
    url = "https://elasticloadbalancing.us-east-1.amazonaws.com/"
    parameters = {
        "Action": "DescribeLoadBalancers",
        "Version": "2012-06-01",
        "LoadBalancerNames.1": "x",
    }
    text = found_by("elb", "POST", url, data=parameters)[0]
    assert "a list is written LoadBalancerNames.member.1" in text


def test_unknown_path_of_a_rest_service_fails():
    text = only(found_by("route53", "GET", "https://route53.amazonaws.com/2012-02-29/hostedzone"))
    assert "no operation is described" in text


def test_unknown_query_parameter_of_a_rest_service_fails():
    url = "https://route53.amazonaws.com/2013-04-01/hostedzone?maxItem=5"
    assert only(found_by("route53", "GET", url)) == (
        "ListHostedZones: query maxItem: is not described"
    )


ZONE = "https://route53.amazonaws.com/2013-04-01/hostedzone"
NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


def zone_request(inner, namespace=NAMESPACE):
    return f'<CreateHostedZoneRequest xmlns="{namespace}">{inner}</CreateHostedZoneRequest>'


RIGHT_ZONE = "<Name>x</Name><CallerReference>r</CallerReference>"


def test_right_xml_body_passes():
    assert found_by("route53", "POST", ZONE, data=zone_request(RIGHT_ZONE), headers=XML) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<CreateHostedZoneRequest", "is not XML"),
        (zone_request(RIGHT_ZONE, namespace=""), "the namespace is ''"),
        (zone_request("<Name>x</Name>"), "CallerReference"),
        (
            zone_request(f"{RIGHT_ZONE}<Ttl>1</Ttl>"),
            "CreateHostedZoneRequest.Ttl: is not described",
        ),
    ],
)
def test_wrong_xml_body_fails(body, expected):
    assert expected in "\n".join(found_by("route53", "POST", ZONE, data=body, headers=XML))


def test_unknown_header_of_a_rest_service_fails():
    url = "https://bucket.s3.amazonaws.com/key"
    headers = {"x-amz-acll": "private", "x-amz-meta-anything": "1", "x-amz-date": "now"}
    assert only(found_by("s3", "PUT", url, headers=headers, data=b"x")) == (
        "PutObject: header x-amz-acll: is not described"
    )


def test_bucket_is_found_in_host_and_in_path():
    assert found_by("s3", "GET", "https://bucket.s3.eu-west-1.amazonaws.com/?location") == []
    assert found_by("s3", "GET", "http://127.0.0.1:5000/bucket?location") == []


def test_json_target_that_is_unknown_fails():
    headers = {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusterz"}
    text = only(found_by("ecs", "POST", "https://ecs.us-east-1.amazonaws.com/", headers=headers))
    assert text.startswith("ListClusterz: X-Amz-Target")


def test_json_body_is_checked():
    headers = {
        "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters",
        "Content-Type": "application/x-amz-json-1.1",
    }
    url = "https://ecs.us-east-1.amazonaws.com/"
    assert found_by("ecs", "POST", url, headers=headers, data='{"maxResults": 5}') == []
    wrong = "\n".join(
        found_by("ecs", "POST", url, headers=headers, data='{"maxResults": "5", "n": 1}')
    )
    assert "body.n: is not described" in wrong
    assert "Invalid type for parameter maxResults" in wrong


# Answers

DESCRIBE = {"Action": "DescribeKeyPairs", "Version": "2016-11-15"}
EC2_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


def ec2_answer(body, status=200):
    asked = request("POST", "https://ec2.us-east-1.amazonaws.com/", data=DESCRIBE)
    found = aws("ec2").answer_violations(asked, answer(status, text=body))
    return [str(violation) for violation in found]


def key_pairs(inner, root="DescribeKeyPairsResponse", namespace=EC2_NAMESPACE):
    return (
        f'<{root} xmlns="{namespace}"><requestId>r</requestId>'
        f"<keySet><item>{inner}</item></keySet></{root}>"
    )


def test_right_answer_passes():
    assert ec2_answer(key_pairs("<keyName>k</keyName><keyFingerprint>f</keyFingerprint>")) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (key_pairs("<keyNam>k</keyNam>"), "keyNam: is not described"),
        (
            key_pairs("<keyName>k</keyName>", root="DescribeKeys"),
            "the root element is DescribeKeys",
        ),
        (key_pairs("<keyName>k</keyName>", namespace="http://ec2/doc/2010"), "the namespace is"),
        (key_pairs("<createTime>soon</createTime>"), "soon"),
        ("<broken", "botocore cannot read it"),
    ],
)
def test_wrong_answer_fails(body, expected):
    assert expected in "\n".join(ec2_answer(body))


def test_error_answer_needs_a_code():
    right = "<Response><Errors><Error><Code>InvalidKeyPair.NotFound</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>"  # noqa: E501
    assert ec2_answer(right, status=400) == []
    assert "no error code" in "\n".join(ec2_answer("<Response><Oops/></Response>", status=400))


def test_answer_without_a_required_member_fails():
    asked = request("GET", ZONE)
    body = f'<ListHostedZonesResponse xmlns="{NAMESPACE}"><HostedZones/><MaxItems>100</MaxItems></ListHostedZonesResponse>'  # noqa: E501
    found = aws("route53").answer_violations(asked, answer(200, text=body))
    assert "IsTruncated" in "\n".join(map(str, found))


def test_json_answer_is_checked():
    def found(body):
        headers = {
            "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.DescribeTasks",
            "Content-Type": "application/x-amz-json-1.1",
        }
        url = "https://ecs.us-east-1.amazonaws.com/"
        asked = request("POST", url, headers=headers, data='{"tasks": ["t"]}')
        violations = aws("ecs").answer_violations(asked, answer(200, text=body))
        return "\n".join(map(str, violations))

    assert found('{"tasks": [{"taskArn": "t", "createdAt": 1.5}], "failures": []}') == ""
    unknown = found('{"tasks": [{"taskArm": "t"}]}')
    assert "answer.tasks[0].taskArm: is not described" in unknown
    assert "body of the answer: botocore cannot read it" in found('{"tasks": "none"}')


def test_streamed_answer_of_an_object_is_not_parsed():
    asked = request("GET", "https://bucket.s3.amazonaws.com/key")
    reply = answer(200, body=b"\x00\xff", headers={"ETag": '"e"', "Content-Length": "2"})
    assert aws("s3").answer_violations(asked, reply) == []


def test_specs_can_be_asked_for_again_and_again() -> None:
    from libcloud.testing import specs

    assert specs.aws("sts") is not None
    assert specs.aws("sts") is not None
