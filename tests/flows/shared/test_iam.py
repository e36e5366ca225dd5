"""The flows run with IAM enforced (see the local system of the tests); here is shown that it really bites (GO-10).

Everything that the other flows do, each function has done with its own role. A role may do no more than that.
"""

from __future__ import annotations

import os
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.conftest import Stack
from tests.flows.client import Merchant
from tests.flows.inside import Client

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


def test_the_sandbox_psp_knows_nothing_of_orders(acting_as: Any, resources: dict[str, str]) -> None:
    key = {"pk": {"S": "x"}, "sk": {"S": "ORDER"}}
    refused(acting_as("SandboxPspFunction", "dynamodb").get_item, TableName=resources["OrdersTable"], Key=key)
    refused(acting_as("CapturePaymentFunction", "dynamodb").get_item, TableName=resources["SandboxPspTable"], Key=key)


def test_only_the_receiver_puts_words_into_a_psps_mouth(acting_as: Any, resources: dict[str, str]) -> None:
    queue = resources["PspNotificationsQueue"]
    for function in ("CreateOrderFunction", "ReturnShopperFunction", "SandboxPspFunction"):
        refused(acting_as(function, "sqs").send_message, QueueUrl=queue, MessageBody="{}")
