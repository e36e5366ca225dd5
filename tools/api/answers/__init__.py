"""The API's responses as models. Only the description is built from them; tests check real responses against it."""

from .account import Account, AccountChange, AccountMethod, Connector, Links, Notifications, Signatures, TimeZone, Token
from .common import Answer, Problem
from .invoices import Invoice
from .notifications import Event, Notification
from .orders import HistoryEntry, Order, OrderMethod
from .payments import Dispute, OrderRefund, Payment
from .payouts import Payout, PayoutEntry
from .shoppers import Address, SavedInstrument, Shopper
from .splits import Split

ANSWERS: tuple[type[Answer], ...] = (
    Token,
    Problem,
    Order,
    Payment,
    Dispute,
    Invoice,
    HistoryEntry,
    Split,
    Payout,
    PayoutEntry,
    Notifications,
    Signatures,
    Account,
    AccountChange,
    AccountMethod,
    TimeZone,
    Links,
    Connector,
    OrderMethod,
    OrderRefund,
    Shopper,
    SavedInstrument,
    Address,
    Notification,
    Event,
)
