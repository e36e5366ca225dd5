"""Queue of invoices' e-mails (RG-7): {"order_key", "number"}. What the mail service does not take comes again."""

import os
from email.utils import formataddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tillgate.domain.keys import invoice_id_of
from tillgate.domain.order import Order
from tillgate.letters.invoice import one_line, write
from tillgate.queues import each_message
from tillgate.store.client import client
from tillgate.store.merchants import Merchant
from tillgate.store.recipients import Recipient
from tillgate.use_cases.send_invoice import mail_invoice
from tillgate.wiring import system


class NotTaken(Exception):
    """The mail service refused it, or could not be reached. Its own words name addresses and are not repeated."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message(event, take)


def take(message: dict[str, Any]) -> None:
    mail_invoice(system(), message["order_key"], message["number"], post)


def post(order: Order, merchant: Merchant, recipient: Recipient) -> None:
    letter = write(order, merchant.name, recipient.name, f"{system().links['api_url']}/pay/{order.order_key}")
    try:
        client("sesv2").send_email(
            FromEmailAddress=formataddr((one_line(merchant.name), os.environ["INVOICE_SENDER"])),
            Destination={"ToAddresses": [recipient.email]},
            Content={
                "Simple": {
                    "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": letter.text, "Charset": "UTF-8"},
                        "Html": {"Data": letter.html, "Charset": "UTF-8"},
                    },
                }
            },
            EmailTags=[{"Name": "invoice_id", "Value": invoice_id_of(order.order_key)}],
        )
    except ClientError as error:
        raise NotTaken(error.response["Error"]["Code"]) from None
    except BotoCoreError as error:
        raise NotTaken(type(error).__name__) from None
