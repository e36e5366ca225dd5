"""Creates stores and clients from the function's environment, when they are first needed and once per process."""

import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from tillgate.runtime.aws import client

if TYPE_CHECKING:
    from tillgate.connectors.api import Capabilities, Connector
    from tillgate.store.invoices.recipients import Recipients
    from tillgate.store.ledger.entries import Ledger
    from tillgate.store.marketplace.splits import Splits
    from tillgate.store.marketplace.vendor_payments import VendorPayments
    from tillgate.store.merchants.accounts import Merchants
    from tillgate.store.merchants.secret_guesses import Guesses
    from tillgate.store.notifications.deliveries import Deliveries
    from tillgate.store.notifications.outbox import Outbox
    from tillgate.store.notifications.receivers import Receivers
    from tillgate.store.orders.orders import Orders
    from tillgate.store.payouts.payouts import Payouts
    from tillgate.store.psp.parked_notifications import ParkedNotifications
    from tillgate.store.shared.due_index import DueIndex
    from tillgate.store.shared.encryption import Seal
    from tillgate.store.shared.idempotency import Keys
    from tillgate.store.shoppers.erasures import Erasures
    from tillgate.store.shoppers.saved_instruments import Instruments
    from tillgate.store.shoppers.shoppers import Shoppers


class System:
    """Everything that use cases work with. Tests make their own, with a clock and parts of their choice."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def clock(self) -> float:
        """Seconds since an arbitrary start, to measure how long a call has taken."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    @cached_property
    def orders(self) -> "Orders":
        from tillgate.store.orders.orders import Orders

        return Orders(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def due(self) -> "DueIndex":
        from tillgate.store.shared.due_index import DueIndex

        return DueIndex(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def ledger(self) -> "Ledger":
        from tillgate.store.ledger.entries import Ledger

        return Ledger(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def instruments(self) -> "Instruments":
        from tillgate.store.shoppers.saved_instruments import Instruments

        return Instruments(client("dynamodb"), os.environ["ORDERS_TABLE"], os.environ["SHOPPERS_TABLE"])

    @cached_property
    def payouts(self) -> "Payouts":
        from tillgate.store.payouts.payouts import Payouts

        return Payouts(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def splits(self) -> "Splits":
        from tillgate.store.marketplace.splits import Splits

        return Splits(self.orders)

    @cached_property
    def vendor_payments(self) -> "VendorPayments":
        from tillgate.store.marketplace.vendor_payments import VendorPayments

        return VendorPayments(self.orders)

    @cached_property
    def keys(self) -> "Keys":
        from tillgate.store.shared.idempotency import Keys

        return Keys(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def parked(self) -> "ParkedNotifications":
        from tillgate.store.psp.parked_notifications import ParkedNotifications

        return ParkedNotifications(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def merchants(self) -> "Merchants":
        from tillgate.store.merchants.accounts import Merchants

        return Merchants(client("dynamodb"), os.environ["MERCHANTS_TABLE"], self.clock)

    @cached_property
    def shoppers(self) -> "Shoppers":
        from tillgate.store.shoppers.shoppers import Shoppers

        return Shoppers(client("dynamodb"), os.environ["SHOPPERS_TABLE"], os.environ["ORDERS_TABLE"])

    @cached_property
    def recipients(self) -> "Recipients":
        from tillgate.store.invoices.recipients import Recipients

        return Recipients(client("dynamodb"), os.environ["SHOPPERS_TABLE"])

    @property
    def invoice_sender(self) -> str | None:
        """The address that invoices are sent from; None if this deployment sends no e-mails."""
        return os.environ.get("INVOICE_SENDER") or None

    @cached_property
    def erasures(self) -> "Erasures":
        from tillgate.store.shoppers.erasures import Erasures

        return Erasures(client("dynamodb"), os.environ["SHOPPERS_TABLE"])

    @cached_property
    def guesses(self) -> "Guesses":
        from tillgate.store.merchants.secret_guesses import Guesses

        return Guesses(client("dynamodb"), os.environ["MERCHANTS_TABLE"])

    @cached_property
    def deliveries(self) -> "Deliveries":
        from tillgate.store.notifications.deliveries import Deliveries

        return Deliveries(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def outbox(self) -> "Outbox":
        from tillgate.store.notifications.outbox import Outbox

        return Outbox(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def receivers(self) -> "Receivers":
        from tillgate.store.notifications.receivers import Receivers

        return Receivers(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def seal(self) -> "Seal":
        from tillgate.store.shared.encryption import Seal

        return Seal(client("kms"), os.environ["MERCHANT_SECRETS_KEY_ID"])

    def called(self, context: Mapping[str, Any]) -> None:
        """Learns our public URL from a call; `context` is its `requestContext` from API Gateway."""
        self.api_url = os.environ["API_URL"].format_map(context)

    @cached_property
    def api_url(self) -> str:
        """Our public URL without a trailing slash, for functions that are not called through the API.

        It is read from a parameter with a fixed name, so that no function depends on the API, which depends on the
        functions.
        """
        answer = client("ssm").get_parameter(Name=os.environ["LINKS_PARAMETER"])
        return str(json.loads(answer["Parameter"]["Value"])["api_url"])

    @cached_property
    def allows_local_urls(self) -> bool:
        return os.environ.get("ALLOW_LOCAL_URLS") == "true"

    @property
    def shop_url(self) -> str | None:
        """The demo shop of the local system, which may be called although it is not public; None on AWS."""
        return os.environ.get("LOCAL_SHOP") or None if self.allows_local_urls else None

    def connector(self, name: str) -> "Connector":
        """The connector of that name. Raises KeyError if there is none."""
        from tillgate.connectors.registry import connector

        return connector(name, secret)

    def capabilities(self, name: str) -> "Capabilities":
        """What the connector of that name can do; does not read its PSP's secret. Raises KeyError if there is none."""
        from tillgate.connectors.registry import capabilities

        return capabilities(name)


@cache
def system() -> System:
    return System()


@cache
def secret(secret_id: str) -> dict[str, str]:
    """A secret's JSON, read once per process, so that a warm call does not call Secrets Manager."""
    answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    value: dict[str, str] = json.loads(answer["SecretString"])
    return value
