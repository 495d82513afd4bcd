"""
Policies: what the listeners and members of a balancer do besides.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_PolicyDescription.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libcloud.common.aws.xml import require
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered, texts_of
from libcloud.loadbalancer.base import LoadBalancer

__all__ = ["Policies"]


class Policies(AWSLoadBalancerDriver):
    """Policies."""

    def ex_list_balancer_policies(self, balancer: LoadBalancer) -> list[str]:
        """The names of a balancer's policies."""
        result = self._call("DescribeLoadBalancerPolicies", {"LoadBalancerName": balancer.id})
        policies = require(result, "PolicyDescriptions", driver=self)
        return texts_of(policies, "member/PolicyName")

    def ex_list_balancer_policy_types(self) -> list[str]:
        """The names of the types that policies can have."""
        result = self._call("DescribeLoadBalancerPolicyTypes", {})
        types = require(result, "PolicyTypeDescriptions", driver=self)
        return texts_of(types, "member/PolicyTypeName")

    def ex_create_balancer_policy(
        self,
        name: str,
        policy_name: str,
        policy_type: str,
        policy_attributes: Mapping[str, Any] | None = None,
    ) -> bool:
        """
        Create a policy, and return True. It does nothing until it is set for a port.

        :param name: Of the balancer.
        :param policy_type: One of :meth:`ex_list_balancer_policy_types`.
        :param policy_attributes: Name -> value, by the type: ``{"ProxyProtocol": True}``.
        :raises ResourceExistsError: the balancer has a policy of that name.
        """
        params = {
            "LoadBalancerName": name,
            "PolicyName": policy_name,
            "PolicyTypeName": policy_type,
        }
        for index, (attribute, value) in enumerate((policy_attributes or {}).items(), 1):
            params[f"PolicyAttributes.member.{index}.AttributeName"] = attribute
            params[f"PolicyAttributes.member.{index}.AttributeValue"] = value
        return self._do("CreateLoadBalancerPolicy", params)

    def ex_delete_balancer_policy(self, name: str, policy_name: str) -> bool:
        """
        Delete a policy that is set for no port, and return True.

        :param name: Of the balancer.
        """
        params = {"LoadBalancerName": name, "PolicyName": policy_name}
        return self._do("DeleteLoadBalancerPolicy", params)

    def ex_set_balancer_policies_listener(
        self, name: str, port: int, policies: Sequence[str]
    ) -> bool:
        """
        Set the policies of a listener, in place of those that it has, and return True.

        :param name: Of the balancer.
        :param port: Of the listener.
        :param policies: Names; none take all away.
        """
        params = {"LoadBalancerName": name, "LoadBalancerPort": port}
        return self._do("SetLoadBalancerPoliciesOfListener", {**params, **_policy_names(policies)})

    def ex_set_balancer_policies_backend_server(
        self, name: str, instance_port: int, policies: Sequence[str]
    ) -> bool:
        """
        Set the policies for a port of the members, in place of those it has, and return True.

        :param name: Of the balancer.
        :param policies: Names; none take all away.
        """
        params = {
            "LoadBalancerName": name,
            "InstancePort": instance_port,
            **_policy_names(policies),
        }
        return self._do("SetLoadBalancerPoliciesForBackendServer", params)


def _policy_names(policies: Sequence[str]) -> dict[str, Any]:
    # No policies are said by an empty list, and nothing at all would be a mistake.
    return numbered("PolicyNames", policies) or {"PolicyNames": ""}
