"""Queue of invoice e-mails (RG-7): {"order_key", "number"}. What the mail service does not accept is retried."""

import os
from email.utils import formataddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tillgate.domain.invoices.recipient import Recipient
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.menu_link import menu_url
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import invoice_id_of
from tillgate.outbound.invoices.letter import one_line, write
from tillgate.runtime.aws import client
from tillgate.runtime.batches import each_message
from tillgate.use_cases.invoices.send_invoice import mail_invoice
from tillgate.wiring import system


class NotTaken(Exception):
    """The mail service refused the e-mail or could not be reached. Its message may have addresses: it is not logged."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message(event, take)


def take(message: dict[str, Any]) -> None:
    mail_invoice(system(), message["order_key"], message["number"], post)


def post(order: Order, merchant: Merchant, recipient: Recipient) -> None:
    letter = write(order, merchant.name, recipient.name, menu_url(system().api_url, order), merchant.time_zone)
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
