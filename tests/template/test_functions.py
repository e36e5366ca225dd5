"""Every call has its function, and every function a role of its own, which may do what it needs and no more."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tests.handlers import Route, operations
from tests.template.reading import ROOT, as_list, function, functions, on_aws, resources, statements, template

PAYMENT = "/orders/{order_key}/payments/{payment_id}"
ROUTES = {
    ("post", "/auth/token"): "issue_token",
    ("post", "/orders"): "create_order",
    ("get", "/orders"): "list_orders",
    ("get", "/orders/{order_key}"): "get_order",
    ("patch", "/orders/{order_key}"): "update_order",
    ("post", "/orders/{order_key}/withdraw"): "withdraw_order",
    ("post", "/orders/{order_key}/menu-link"): "make_menu_link",
    ("post", "/orders/{order_key}/cancel"): "cancel_order",
    ("post", "/orders/{order_key}/refund"): "refund_order",
    ("get", "/orders/{order_key}/history"): "get_history",
    ("post", "/orders/{order_key}/payments"): "start_payment",
    ("get", PAYMENT): "get_payment",
    ("get", "/payments/{payment_id}"): "get_payment",
    ("post", f"{PAYMENT}/capture"): "capture_payment",
    ("post", f"{PAYMENT}/cancel"): "cancel_payment",
    ("post", f"{PAYMENT}/refund"): "refund_payment",
    ("post", f"{PAYMENT}/withdraw"): "withdraw_payment",
    ("post", f"{PAYMENT}/sync"): "sync_payment",
    ("post", "/orders/{order_key}/vendor-payments"): "pay_vendor",
    ("get", "/orders/{order_key}/vendor-payments"): "list_vendor_payments",
    ("get", "/vendors/{vendor_id}/statement"): "get_statement",
    ("get", "/vendors/{vendor_id}/payouts"): "list_vendor_payouts",
    ("get", "/payouts"): "list_payouts",
    ("post", "/payouts"): "create_payout",
    ("get", "/payouts/{payout_id}"): "get_payout",
    ("get", "/payouts/{payout_id}/entries"): "list_payout_entries",
    ("post", "/orders/{order_key}/split"): "split_payment",
    ("get", "/orders/{order_key}/split/{split_id}"): "get_split",
    ("get", "/orders/{order_key}/methods"): "list_order_methods",
    ("get", "/orders/{order_key}/refunds"): "list_refunds",
    ("post", "/tokens"): "save_instrument",
    ("get", "/shoppers/{shopper_key}/tokens"): "list_instruments",
    ("delete", "/tokens/{token}"): "delete_instrument",
    ("get", "/payments"): "list_payments",
    ("get", "/account"): "get_account",
    ("put", "/account/notifications"): "set_notifications",
    ("put", "/account/time-zone"): "set_time_zone",
    ("put", "/account/links"): "set_links",
    ("put", "/account/signatures"): "set_signatures",
    ("get", "/account/history"): "list_account_history",
    ("get", "/account/methods"): "list_methods",
    ("put", "/account/methods/{method}"): "set_method",
    ("get", "/account/connectors"): "list_connectors",
    ("put", "/account/connectors/{connector}"): "set_connector",
    ("get", "/notifications"): "list_notifications",
    ("get", "/exports/{day}"): "get_export",
    ("post", "/notifications/{id}/resend"): "resend_notification",
    ("post", "/shoppers"): "create_shopper",
    ("get", "/shoppers/{shopper_key}"): "get_shopper",
    ("delete", "/shoppers/{shopper_key}"): "erase_shopper",
    ("post", "/shoppers/{shopper_key}/addresses"): "add_address",
    ("post", "/invoices"): "create_invoice",
    ("get", "/invoices/{invoice_id}"): "get_invoice",
    ("post", "/invoices/{invoice_id}/send"): "send_invoice",
    ("post", "/invoices/{invoice_id}/withdraw"): "withdraw_invoice",
    ("get", "/disputes"): "list_disputes",
    ("get", "/disputes/{dispute_id}"): "get_dispute",
    ("post", "/disputes/{dispute_id}/evidence"): "send_evidence",
    ("post", "/disputes/{dispute_id}/accept"): "accept_dispute",
    ("get", "/openapi.json"): "describe_api",
    ("get", "/.well-known/jwks.json"): "describe_api",
    ("get", "/docs"): "describe_api",
    ("get", "/pay/{order_key}"): "menu",
    ("post", "/pay/{order_key}"): "menu",
    ("get", "/pay/{order_key}/wait"): "menu",
    ("get", "/pay/{order_key}/status"): "menu",
    ("post", "/pay/{order_key}/cancel"): "menu",
    ("get", "/pay/static/{file}"): "menu",
    ("post", "/psp/{connector}/notifications"): "receive_psp_notification",
    ("post", "/psp/{connector}/notifications/{merchant_id}"): "receive_psp_notification",
    ("get", "/psp/{connector}/return/{payment_id}"): "return_shopper",
    ("post", "/psp/{connector}/return/{payment_id}"): "return_shopper",
}
# These actions have no resources to name.
NO_RESOURCE_TO_NAME = ("logs:CreateLogDelivery", "dynamodb:ListStreams", "cloudwatch:GetMetricData")


# Made all the time, so that they are neither slowed down by a neighbour nor share its rights.
ALONE = (
    *("issue_token", "create_order", "start_payment", "capture_payment", "cancel_payment", "refund_payment"),
    *("receive_psp_notification", "return_shopper", "menu"),
)
MOST_FUNCTIONS = 45


def test_the_api_has_these_routes_and_no_other() -> None:
    assert {(route.method.lower(), route.resource): name for route, name in operations().items()} == ROUTES


def shared() -> dict[str, dict[str, Any]]:
    """The functions that answer several calls, by the module of their tables."""
    found = {str(each["CodeUri"]).rstrip("/").replace("/", "."): each for each in functions().values()}
    return {name: each for name, each in found.items() if "routed(" in (ROOT / each["CodeUri"] / "app.py").read_text()}


@pytest.mark.parametrize("package", shared())
def test_a_shared_function_answers_what_it_is_called_for_and_nothing_else(package: str) -> None:
    routes = importlib.import_module(f"{package}.app").ROUTES
    events = [event["Properties"] for event in shared()[package]["Events"].values()]
    assert set(routes) == {Route(event["Method"].upper(), event["Path"]) for event in events}
    beside = {path.stem for path in (ROOT / package.replace(".", "/")).glob("*.py")} - {"app"}
    assert {call for call in routes.values() if isinstance(call, str)} == beside


@pytest.mark.parametrize("operation", ALONE)
def test_what_is_called_all_the_time_shares_its_function_with_nobody(operation: str) -> None:
    (properties,) = [each for each in functions().values() if folder(each) == operation]
    assert {route.resource for route, name in operations().items() if name == operation} == {
        event["Properties"]["Path"] for event in properties["Events"].values()
    }


def test_there_are_not_more_functions_than_are_needed() -> None:
    assert len(functions()) <= MOST_FUNCTIONS


@pytest.mark.parametrize("name", ["GetOrderFunction", *(name for name in functions() if "Queries" in name)])
def test_who_only_reads_may_only_read(name: str) -> None:
    grants = {policy["Ref"] for policy in functions()[name]["Policies"]}
    assert grants - {"CanCheckTokens"} <= {"CanReadOrders", "CanReadMerchants", "CanReadShoppers", "CanReadHistory"}


def folder(properties: dict[str, Any]) -> str:
    """The name of a function's folder."""
    return str(properties["CodeUri"]).rstrip("/").rpartition("/")[2]


def test_each_folder_is_deployed_and_each_function_has_its_folder() -> None:
    there = {str(each.parent.relative_to(ROOT)) for each in (ROOT / "functions").rglob("app.py")}
    assert {str(properties["CodeUri"]).rstrip("/") for properties in functions().values()} == there


@pytest.mark.parametrize("name", functions())
def test_a_function_has_a_role_of_its_own(name: str) -> None:
    properties = functions()[name]
    assert "Role" not in properties
    assert properties["Description"]
    for policy in properties["Policies"]:
        if "Statement" not in policy:
            _, grant, nothing = policy.get("Fn::If", (None, policy, None))
            assert grant["Ref"] in resources("IAM::ManagedPolicy")
            assert nothing in (None, {"Ref": "AWS::NoValue"})


@pytest.mark.parametrize(("where", "statement"), list(statements()))
def test_a_policy_names_its_actions_and_resources(where: str, statement: dict[str, Any]) -> None:
    assert statement["Effect"] == "Allow"
    actions = as_list(on_aws(statement["Action"]))
    assert not [action for action in actions if "*" in action]
    if not set(NO_RESOURCE_TO_NAME) & set(actions):
        assert not [each for each in as_list(on_aws(statement["Resource"])) if "*" in _without_objects(each)], where


def _without_objects(resource: Any) -> str:
    """All objects of a bucket and executions of a state machine of ours are named by an asterisk behind it."""
    return str(resource).replace("Bucket.Arn}/*", "Bucket.Arn}").replace("execution:${PaymentWindow.Name}:*", "")


def test_every_grant_is_used() -> None:
    machines = [each["Properties"] for each in resources("Serverless::StateMachine").values()]
    used = str([properties["Policies"] for properties in [*functions().values(), *machines]])
    assert [name for name in resources("IAM::ManagedPolicy") if f"'{name}'" not in used] == []


def test_functions_are_traced_and_log_to_a_group_that_forgets() -> None:
    shared = template()["Globals"]["Function"]
    assert shared["Tracing"] == "Active"
    assert shared["LoggingConfig"]["LogGroup"] == {"Ref": "FunctionLogs"}
    assert shared["Runtime"] == "python3.13"
    for each in resources("Logs::LogGroup").values():
        assert each["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_the_operators_function_has_no_trigger() -> None:
    assert "Events" not in functions()["AdminFunction"]
    sources = resources("Lambda::EventSourceMapping").values()
    assert not [each for each in sources if function(each["Properties"]["FunctionName"]) == "AdminFunction"]


def test_what_a_function_finds_in_its_environment_is_text() -> None:
    """AWS makes a text of a number; the local cloud hands it on as it is, and no process can be started with it."""

    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for name, each in value.items() if name == "Fn::If" for leaf in leaves(each[1:])] or [""]
        return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]

    known = [template()["Globals"]["Function"]["Environment"]["Variables"]]
    known += [each["Environment"]["Variables"] for each in functions().values() if "Environment" in each]
    found = {name: leaves(value) for variables in known for name, value in variables.items()}
    assert [name for name, values in found.items() if not all(isinstance(each, str) for each in values)] == []


def test_a_new_connector_changes_no_function() -> None:
    """One grant for whoever calls PSPs; only the sandbox PSP itself names its secret beside it."""
    callers = {name for name, each in functions().items() if {"Ref": "CanCallPsps"} in each["Policies"]}
    assert {"StartPaymentFunction", "CapturePaymentFunction", "ReceivePspNotificationFunction"} <= callers
    naming = {name for name, each in functions().items() if "SandboxPspSecret" in str(each["Policies"])}
    assert {name for name in naming if "SandboxPsp" not in name} == set()
    assert "CanOperateOrders" in str(functions()["StartPaymentFunction"]["Policies"])
    operating = {name for name, each in functions().items() if {"Ref": "CanOperateOrders"} in each["Policies"]}
    assert operating <= callers, "they request operations from PSPs"


def test_sweeps_are_not_traced_and_all_else_is() -> None:
    """A trace of every minute in which nothing happens would cost more than it tells (ADR 153)."""
    swept = {
        name
        for name, each in functions().items()
        if any(event["Type"] == "Schedule" for event in each.get("Events", {}).values())
        and template()["Resources"][name].get("Condition") is None
    }
    swept |= {"KeepDueFunction"}  # does the sweep's work
    assert len(swept) > 4
    untraced = {name for name, each in functions().items() if each.get("Tracing") == "PassThrough"}
    assert untraced == swept
    assert template()["Globals"]["Function"]["Tracing"] == "Active"
    for name, machine in resources("Serverless::StateMachine").items():
        assert machine["Properties"]["Tracing"] == {"Enabled": True}, name
