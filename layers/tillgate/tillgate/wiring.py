"""Creates stores and clients from the function's environment, when they are first needed and once per process."""

import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from tillgate.runtime.aws import client

if TYPE_CHECKING:
    from tillgate.connectors.host.connecting import Connectors
    from tillgate.connectors.host.credentials import Whose
    from tillgate.connectors.host.psp import Psp
    from tillgate.connectors.v1 import Manifest
    from tillgate.domain.psp.accounts import PspAccount
    from tillgate.domain.shared.modes import Mode
    from tillgate.store.invoices.recipients import Recipients
    from tillgate.store.ledger.books import Books
    from tillgate.store.ledger.entries import Ledger
    from tillgate.store.marketplace.splits import Splits
    from tillgate.store.marketplace.vendor_payments import VendorPayments
    from tillgate.store.merchants.accounts import Merchants
    from tillgate.store.merchants.connections import Connections
    from tillgate.store.merchants.history import AccountHistory
    from tillgate.store.merchants.token_keys import TokenKeyStore
    from tillgate.store.notifications.deliveries import Deliveries
    from tillgate.store.notifications.outbox import Outbox
    from tillgate.store.notifications.receivers import Receivers
    from tillgate.store.orders.orders import Orders
    from tillgate.store.payments.attempts import Attempts
    from tillgate.store.payments.kept_means import KeptMeans
    from tillgate.store.payouts.payouts import Payouts
    from tillgate.store.psp.parked_notifications import ParkedNotifications
    from tillgate.store.psp.settlements import Settlements
    from tillgate.store.shared.due_index import DueIndex
    from tillgate.store.shared.encryption import Seal, SealedKeyPairs
    from tillgate.store.shared.guards import Guards
    from tillgate.store.shared.idempotency import Keys
    from tillgate.store.shared.work_items import WorkItems
    from tillgate.store.shoppers.emails import Emails
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
    def work(self) -> "WorkItems":
        from tillgate.store.shared.work_items import WorkItems

        return WorkItems(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def ledger(self) -> "Ledger":
        from tillgate.store.ledger.entries import Ledger

        return Ledger(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def books(self) -> "Books":
        from tillgate.store.ledger.books import Books

        return Books(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def instruments(self) -> "Instruments":
        from tillgate.store.shoppers.saved_instruments import Instruments

        return Instruments(client("dynamodb"), os.environ["ORDERS_TABLE"], os.environ["SHOPPERS_TABLE"])

    @cached_property
    def kept_means(self) -> "KeptMeans":
        from tillgate.store.payments.kept_means import KeptMeans

        return KeptMeans(client("dynamodb"), os.environ["ORDERS_TABLE"])

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
    def settlements(self) -> "Settlements":
        from tillgate.store.psp.settlements import Settlements

        return Settlements(client("dynamodb"), os.environ["ORDERS_TABLE"])

    @cached_property
    def merchants(self) -> "Merchants":
        from tillgate.store.merchants.accounts import Merchants

        tables = os.environ["MERCHANTS_TABLE"], os.environ["ORDERS_TABLE"]
        return Merchants(client("dynamodb"), tables[0], self.clock, tables[1], self.now)

    @property
    def vendor_account_delay(self) -> timedelta:
        """How long a vendor's new account waits for a second person before money goes there without one."""
        return timedelta(hours=int(os.environ.get("VENDOR_ACCOUNT_DELAY_HOURS", "48")))

    @cached_property
    def account_history(self) -> "AccountHistory":
        from tillgate.store.merchants.history import AccountHistory

        return AccountHistory(client("dynamodb"), os.environ["MERCHANTS_TABLE"])

    @cached_property
    def token_keys(self) -> "TokenKeyStore":
        from tillgate.store.merchants.token_keys import TokenKeyStore

        return TokenKeyStore(self.merchants.items)

    @cached_property
    def key_pairs(self) -> "SealedKeyPairs":
        from tillgate.store.shared.encryption import SealedKeyPairs

        return SealedKeyPairs(client("kms"), os.environ["MERCHANT_SECRETS_KEY_ID"])

    @cached_property
    def connections(self) -> "Connections":
        from tillgate.store.merchants.connections import Connections

        tables = os.environ["MERCHANTS_TABLE"], os.environ["ORDERS_TABLE"]
        return Connections(client("dynamodb"), tables[0], self.clock, tables[1], self.now)

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
    def emails(self) -> "Emails":
        from tillgate.store.shoppers.emails import Emails

        return Emails(client("dynamodb"), os.environ["SHOPPERS_TABLE"])

    @cached_property
    def guards(self) -> "Guards":
        from tillgate.store.shared.guards import Guards

        return Guards(client("dynamodb"), os.environ["GUARDS_TABLE"])

    @cached_property
    def attempts(self) -> "Attempts":
        from tillgate.store.payments.attempts import Attempts

        return Attempts(client("dynamodb"), os.environ["ORDERS_TABLE"])

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
    def local_origins(self) -> tuple[str, ...]:
        """Of servers beside a local system that may be called although they are not public; none on AWS."""
        listed = os.environ.get("LOCAL_RECEIVERS", "") if self.allows_local_urls else ""
        return tuple(each for each in listed.split(",") if each)

    def manifest(self, name: str) -> "Manifest":
        """What the connector of that name can do. Raises KeyError if it does not exist in this deployment."""
        from tillgate.connectors.host.registry import manifest

        return manifest(name)

    def manifests(self) -> "list[Manifest]":
        """All connectors that exist in this deployment."""
        from tillgate.connectors.host.registry import manifests

        return manifests()

    def psp(self, name: str, merchant_id: str | None, mode: "Whose" = "in use") -> "Psp":
        """The PSP of that name, for one merchant's payments. Raises KeyError if there is no such connector.

        `merchant_id` None: the deployment's own account at the PSP. `mode`: that a payment was begun with.
        """
        return self._connectors.psp(self.manifest(name), merchant_id, mode)

    def is_set_up(
        self, name: str, merchant_id: str | None, needs: frozenset[str] = frozenset(), mode: "Whose" = "in use"
    ) -> bool:
        """Whether the merchant can use the connector: it has credentials, and values for `needs`. Opens no secret.

        `merchant_id` None: whether the deployment has an account of its own.
        """
        from tillgate.connectors.host.credentials import is_set_up

        return is_set_up(self, name, merchant_id, needs, mode)

    def mode_in_use(self, name: str, merchant_id: str) -> "Mode | None":
        """Of the merchant's own account that new payments are begun with; None: the deployment's account."""
        from tillgate.connectors.host.credentials import mode_in_use

        return mode_in_use(self, name, merchant_id)

    def who_notifies(self, name: str, merchant_id: str | None) -> "list[Mode | None]":
        """The accounts whose notifications are taken: a merchant's own, test and live; None: the deployment's."""
        from tillgate.connectors.host.credentials import who_notifies

        return who_notifies(self, name, merchant_id)

    def accounts_at(self, name: str) -> "list[PspAccount]":
        """The accounts that there are at a PSP: the deployment's first, then merchants' own, test and live."""
        from tillgate.connectors.host.credentials import accounts

        return accounts(self, name)

    @cached_property
    def _connectors(self) -> "Connectors":
        from tillgate.connectors.host.connecting import Connectors

        return Connectors(self)


@cache
def system() -> System:
    return System()
