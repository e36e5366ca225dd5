"""The flows run with IAM enforced (see the local system of the tests); here is shown that it really bites (GO-10).

Everything that the other flows do, each function has done with its own role. A role may do no more than that.
"""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.conftest import Stack
from tests.flows.client import Merchant
from tests.flows.inside import Client
from tests.flows.operators import Operators
from tests.functions.operators.console import _Page

pytestmark = pytest.mark.flow


@pytest.fixture
def acting_as(stack: Stack, aws: Client, resources: dict[str, str]) -> Any:
    """Makes clients that have the rights of a function and no others."""

    def client(function: str, service: str) -> Any:
        role = f"arn:aws:iam::000000000000:role/{resources[f'{function}Role']}"
        granted = aws("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return boto3.client(
            service,
            region_name=stack["region"],
            endpoint_url=stack["endpoint_url"],
            aws_access_key_id=granted["AccessKeyId"],
            aws_secret_access_key=granted["SecretAccessKey"],
            aws_session_token=granted["SessionToken"],
        )

    return client


@pytest.fixture(autouse=True)
def enforced(acting_as: Any, resources: dict[str, str]) -> None:
    """A system that was given may have been started without."""
    if "TILLGATE_STACK" in os.environ:
        try:
            acting_as("GetOrderFunction", "sqs").get_queue_attributes(QueueUrl=resources["LostChangesQueue"])
        except ClientError:
            return
        pytest.skip("the system that was given enforces no roles")


def refused(call: Any, **arguments: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert "AccessDenied" in caught.value.response["Error"]["Code"]


def test_who_only_reads_orders_cannot_write_them(acting_as: Any, resources: dict[str, str], merchant: Merchant) -> None:
    order = merchant.order()
    dynamodb = acting_as("GetOrderFunction", "dynamodb")
    key = {"pk": {"S": order["order_key"]}, "sk": {"S": "ORDER"}}
    assert "Item" in dynamodb.get_item(TableName=resources["OrdersTable"], Key=key)
    refused(dynamodb.put_item, TableName=resources["OrdersTable"], Item=key)
    refused(dynamodb.delete_item, TableName=resources["OrdersTable"], Key=key)
    refused(dynamodb.put_item, TableName=resources["MerchantsTable"], Item=key)
    assert merchant.read(order) == order


def test_nobody_but_operators_and_the_token_touches_accounts(acting_as: Any, resources: dict[str, str]) -> None:
    key = {"pk": {"S": "MERCHANT#x"}, "sk": {"S": "PROFILE"}}
    for function in ("CreateOrderFunction", "CapturePaymentFunction", "CloseWindowFunction"):
        refused(acting_as(function, "dynamodb").put_item, TableName=resources["MerchantsTable"], Item=key)


def test_secrets_are_read_by_those_who_need_them(acting_as: Any, resources: dict[str, str]) -> None:
    acting_as("SandboxPspFunction", "secretsmanager").get_secret_value(SecretId=resources["SandboxPspSecret"])
    refused(acting_as("GetOrderFunction", "secretsmanager").get_secret_value, SecretId=resources["SandboxPspSecret"])


def test_who_verifies_tokens_changes_no_keys(acting_as: Any, resources: dict[str, str]) -> None:
    """Which partitions of the table a grant is about, only AWS knows: see `test_behaviour_of_aws`."""
    key = {"pk": {"S": "TOKEN_KEYS"}, "sk": {"S": "PUBLIC"}}
    for function in ("GetOrderFunction", "CreateOrderFunction", "DescribeApiFunction"):
        acting_as(function, "dynamodb").get_item(TableName=resources["MerchantsTable"], Key=key)
        refused(acting_as(function, "dynamodb").put_item, TableName=resources["MerchantsTable"], Item=key)
    for function in ("ForwardChangesFunction", "CloseWindowFunction"):
        refused(acting_as(function, "kms").generate_data_key_pair_without_plaintext, **pair(resources))


def pair(resources: dict[str, str]) -> dict[str, Any]:
    context = {"purpose": "access-token"}
    return {"KeyId": resources["MerchantSecretsKey"], "KeyPairSpec": "ECC_NIST_P256", "EncryptionContext": context}


def test_who_looks_at_the_desk_cannot_write(
    acting_as: Any, resources: dict[str, str], merchant: Merchant, operators: Operators
) -> None:
    """The role of the reading function, and of the one that shows personal data: every write of every table is refused,
    every act goes through the other function."""
    order = merchant.order()
    key = {"pk": {"S": order["order_key"]}, "sk": {"S": "ORDER"}}
    account = {"pk": {"S": f"MERCHANT#{merchant.account['merchant_id']}"}, "sk": {"S": "PROFILE"}}
    for function in ("DeskFunction", "DeskPersonalFunction"):
        dynamodb = acting_as(function, "dynamodb")
        assert "Item" in dynamodb.get_item(TableName=resources["OrdersTable"], Key=key)
        for table in ("OrdersTable", "MerchantsTable", "ShoppersTable", "GuardsTable"):
            written = account if table == "MerchantsTable" else key
            where = {"TableName": resources[table]}
            refused(dynamodb.put_item, **where, Item=written)
            refused(dynamodb.update_item, **where, Key=written, UpdateExpression="REMOVE nothing")
            refused(dynamodb.delete_item, **where, Key=written)
        refused(
            acting_as(function, "sqs").send_message, QueueUrl=resources["MerchantNotificationsQueue"], MessageBody="x"
        )
        refused(acting_as(function, "lambda").invoke, FunctionName=resources["DeskActionsFunction"], Payload=b"{}")
        refused(acting_as(function, "kms").encrypt, KeyId=resources["MerchantSecretsKey"], Plaintext=b"x")
    assert merchant.read(order) == order


def test_the_desk_reads_no_shoppers(acting_as: Any, resources: dict[str, str]) -> None:
    """The one item that it may get is a key; the local cloud knows no condition on partitions (tests/template)."""
    key = {"pk": {"S": "SHOPPER#x#y"}, "sk": {"S": "PROFILE"}}
    shoppers = resources["ShoppersTable"]
    desk = acting_as("DeskFunction", "dynamodb")
    refused(desk.scan, TableName=shoppers)
    refused(desk.batch_get_item, RequestItems={shoppers: {"Keys": [key]}})
    acting_as("DeskPersonalFunction", "dynamodb").get_item(TableName=resources["ShoppersTable"], Key=key)


def test_each_view_of_the_desk_is_shown_with_its_own_role(
    aws: Client, resources: dict[str, str], merchant: Merchant, operators: Operators
) -> None:
    """Invoked as the console does; what a view reads, the role may read."""
    order = merchant.order(customer={"email": "grace@navy.example"})
    merchant_id = merchant.account["merchant_id"]
    vendor_id = merchant.account["vendors"][0]
    named = {"order_key": order["order_key"], "merchant_id": merchant_id, "vendor_id": vendor_id}
    confirm = {"view": "confirm_account", "act": "suspend_vendor", **named}
    for asked in (
        *({"view": view, **named} for view in ("order", "work", "merchants", "vendor")),
        {"view": "find", "text": order["order_reference"]},
        {"view": "find", "text": "grace@navy.example"},
        confirm,
        confirm | {"act": "rotate_signing_secret", "vendor_id": ""},
    ):
        page = desk(aws, resources["DeskFunction"], asked)
        assert "errorMessage" not in page, (asked, page)
        assert "alert" not in page, (asked, page)
    assert "grace" in desk(aws, resources["DeskPersonalFunction"], named)
    assert order["order_key"] in desk(aws, resources["DeskFunction"], {"view": "find", "text": "grace@navy.example"})


def test_accounts_are_changed_at_the_desk_with_the_role_of_the_acting_function(
    aws: Client, resources: dict[str, str], operators: Operators
) -> None:
    """Each as its button carries it; what an operator did stands in the history, which the role may only put."""
    merchant = operators.merchant("Desk")
    merchant_id = merchant.account["merchant_id"]
    made = operators.call("create_vendor", merchant_id=merchant_id, name="Baker", psp_account="acct_old")
    named = {"merchant_id": merchant_id, "vendor_id": made["vendor_id"]}
    operators.call("update_vendor", **named, psp_account="acct_new", by="ada")
    of_merchant = {"merchant_id": merchant_id}
    for carried in (
        {"act": "approve_vendor_account", "psp_account": "acct_new", **named},
        {"act": "suspend_vendor", **named},
        {"act": "rotate_signing_secret", "now": "yes", **of_merchant},
        {"act": "rotate_client_secret", "client_id": merchant.account["client_id"], "now": "yes", **of_merchant},
        {"act": "suspend_merchant", **of_merchant},
    ):
        asked = _Page(desk(aws, resources["DeskFunction"], {"view": "confirm_account", **carried}))
        payload = next(payload for label, payload, _ in asked.buttons if label == "Do it")
        typed = {"widgetContext": {"forms": {"all": {"by": "grace", "reason": "a test"}}}}
        done = desk(aws, resources["DeskActionsFunction"], payload | typed)
        assert 'class="box good"' in done, (carried, done)
    history = operators.call("history", merchant_id=merchant_id)["items"]
    assert {each["call"] for each in history if each["via"] == "desk"} == {
        *("approve_vendor_account", "suspend_vendor", "rotate_signing_secret", "rotate_client_secret"),
        "suspend_merchant",
    }
    assert all(each["request_id"] for each in history)


def desk(aws: Client, function: str, asked: dict[str, Any]) -> str:
    answer = aws("lambda").invoke(FunctionName=function, Payload=json.dumps(asked))["Payload"].read().decode()
    return str(json.loads(answer))


def test_the_sandbox_psp_knows_nothing_of_orders(acting_as: Any, resources: dict[str, str]) -> None:
    key = {"pk": {"S": "x"}, "sk": {"S": "ORDER"}}
    refused(acting_as("SandboxPspFunction", "dynamodb").get_item, TableName=resources["OrdersTable"], Key=key)
    refused(acting_as("CapturePaymentFunction", "dynamodb").get_item, TableName=resources["SandboxPspTable"], Key=key)


def test_only_the_receiver_puts_words_into_a_psps_mouth(acting_as: Any, resources: dict[str, str]) -> None:
    queue = resources["PspNotificationsQueue"]
    for function in ("CreateOrderFunction", "ReturnShopperFunction", "SandboxPspFunction"):
        refused(acting_as(function, "sqs").send_message, QueueUrl=queue, MessageBody="{}")
