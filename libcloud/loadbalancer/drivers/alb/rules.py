"""
Rules of listeners.

API: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Rule.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, local_name, required_text
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered
from libcloud.loadbalancer.drivers.alb.models import ALBListener, ALBRule, ALBTargetGroup

__all__ = ["Rules", "forwards_to"]

RULES = "Rules"

# Conditions whose values are not simply Values. Those with a structure of their own (http-header,
# query-string) are read only.
CONFIGURATION_OF_FIELD = {
    "http-request-method": "HttpRequestMethodConfig",
    "source-ip": "SourceIpConfig",
}


class Rules(AWSLoadBalancerDriver):
    """Rules of listeners."""

    def ex_iterate_rules(self, listener: ALBListener) -> Iterator[ALBRule]:
        """The rules of a listener, page by page."""
        for element in self._all("DescribeRules", {"ListenerArn": listener.id}, RULES):
            rule = self._to_rule(element)
            rule.listener = listener
            yield rule

    def ex_list_rules(self, listener: ALBListener) -> list[ALBRule]:
        """:meth:`ex_iterate_rules` as a list."""
        return list(self.ex_iterate_rules(listener))

    def ex_get_rule(self, rule_id: str) -> ALBRule:
        """
        The rule of an ARN.

        :raises ResourceNotFoundError: there is no such rule.
        """
        return self._to_rule(self._one("DescribeRules", numbered("RuleArns", [rule_id]), RULES))

    def ex_create_listener_rule(
        self,
        listener: ALBListener,
        priority: int | str,
        target_group: ALBTargetGroup,
        action: str = "forward",
        condition_field: str | None = None,
        condition_value: str | Iterable[str] | None = None,
    ) -> ALBRule:
        """
        Add a rule to a listener.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html

        :param priority: From 1, which is looked at first, to 50000.
        :param action: ``forward``.
        :param condition_field: ``path-pattern``, ``host-header``, ``http-request-method`` or
            ``source-ip``.
        :param condition_value: What the field must match, or a list of which it must match one.
        :raises ResourceExistsError: the listener has a rule of that priority.
        """
        config = CONFIGURATION_OF_FIELD.get(condition_field or "")
        values = f"Conditions.member.1.{config}.Values" if config else "Conditions.member.1.Values"
        params = {
            "ListenerArn": listener.id,
            "Priority": priority,
            **forwards_to("Actions", target_group, action),
            "Conditions.member.1.Field": condition_field,
            **numbered(values, condition_value),
        }
        rule = self._to_rule(self._made("CreateRule", params, RULES))
        rule.listener = listener
        rule.target_group = target_group
        return rule

    def ex_delete_rule(self, rule: ALBRule) -> bool:
        """
        Delete a rule other than the default one, and return True.

        :raises ResourceNotFoundError: there is no such rule.
        """
        return self._do("DeleteRule", {"RuleArn": rule.id})

    def _to_rule(self, el: Element) -> ALBRule:
        arn = required_text(el, "RuleArn", driver=self)
        return ALBRule(
            rule_id=arn,
            is_default=findtext(el, "IsDefault") == "true",
            priority=findtext(el, "Priority"),
            target_group=None,
            driver=self,
            conditions={
                required_text(condition, "Field", driver=self): _values(condition)
                for condition in findall(el, "Conditions/member")
            },
            target_group_id=_target_group_id(el),
            listener_id=_listener_id(arn),
        )


def forwards_to(name: str, target_group: ALBTargetGroup, action: str) -> dict[str, Any]:
    """An action that leads to a target group, as parameters."""
    return {f"{name}.member.1.Type": action, f"{name}.member.1.TargetGroupArn": target_group.id}


def _target_group_id(element: Element) -> str | None:
    """Where the actions of a rule lead: the first of several groups."""
    return findtext(element, "Actions/member/TargetGroupArn") or findtext(
        element, "Actions/member/ForwardConfig/TargetGroups/member/TargetGroupArn"
    )


def _listener_id(rule_id: str) -> str | None:
    """
    The ARN of the listener of a rule; its own goes on where the listener's ends.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_elasticloadbalancingv2.html
    """
    listener, _, rule = rule_id.rpartition("/")
    return listener.replace(":listener-rule/", ":listener/", 1) if rule else None


def _values(condition: Element) -> list[str]:
    """The values of a condition; ``name=value`` for those of query strings."""
    plain = [value.text or "" for value in findall(condition, "Values/member")]
    if plain:
        return plain
    configurations = [each for each in condition if local_name(each).endswith("Config")]
    return [
        "=".join(part.text or "" for part in value) if len(value) else value.text or ""
        for configuration in configurations
        for value in findall(configuration, "Values/member")
    ]
