"""What the API takes and answers. Generated from the OpenAPI document by `python -m tools.docs`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, Required, TypedDict

Actor = Literal["merchant", "shopper", "psp", "system", "operator"]

Approval = Literal["WAITING", "APPROVED", "REFUSED"]

AuthorizationSequence = Literal["limited_first", "open_first"]

Country = Literal[
    "AD",
    "AE",
    "AF",
    "AG",
    "AI",
    "AL",
    "AM",
    "AO",
    "AQ",
    "AR",
    "AS",
    "AT",
    "AU",
    "AW",
    "AX",
    "AZ",
    "BA",
    "BB",
    "BD",
    "BE",
    "BF",
    "BG",
    "BH",
    "BI",
    "BJ",
    "BL",
    "BM",
    "BN",
    "BO",
    "BQ",
    "BR",
    "BS",
    "BT",
    "BV",
    "BW",
    "BY",
    "BZ",
    "CA",
    "CC",
    "CD",
    "CF",
    "CG",
    "CH",
    "CI",
    "CK",
    "CL",
    "CM",
    "CN",
    "CO",
    "CR",
    "CU",
    "CV",
    "CW",
    "CX",
    "CY",
    "CZ",
    "DE",
    "DJ",
    "DK",
    "DM",
    "DO",
    "DZ",
    "EC",
    "EE",
    "EG",
    "EH",
    "ER",
    "ES",
    "ET",
    "FI",
    "FJ",
    "FK",
    "FM",
    "FO",
    "FR",
    "GA",
    "GB",
    "GD",
    "GE",
    "GF",
    "GG",
    "GH",
    "GI",
    "GL",
    "GM",
    "GN",
    "GP",
    "GQ",
    "GR",
    "GS",
    "GT",
    "GU",
    "GW",
    "GY",
    "HK",
    "HM",
    "HN",
    "HR",
    "HT",
    "HU",
    "ID",
    "IE",
    "IL",
    "IM",
    "IN",
    "IO",
    "IQ",
    "IR",
    "IS",
    "IT",
    "JE",
    "JM",
    "JO",
    "JP",
    "KE",
    "KG",
    "KH",
    "KI",
    "KM",
    "KN",
    "KP",
    "KR",
    "KW",
    "KY",
    "KZ",
    "LA",
    "LB",
    "LC",
    "LI",
    "LK",
    "LR",
    "LS",
    "LT",
    "LU",
    "LV",
    "LY",
    "MA",
    "MC",
    "MD",
    "ME",
    "MF",
    "MG",
    "MH",
    "MK",
    "ML",
    "MM",
    "MN",
    "MO",
    "MP",
    "MQ",
    "MR",
    "MS",
    "MT",
    "MU",
    "MV",
    "MW",
    "MX",
    "MY",
    "MZ",
    "NA",
    "NC",
    "NE",
    "NF",
    "NG",
    "NI",
    "NL",
    "NO",
    "NP",
    "NR",
    "NU",
    "NZ",
    "OM",
    "PA",
    "PE",
    "PF",
    "PG",
    "PH",
    "PK",
    "PL",
    "PM",
    "PN",
    "PR",
    "PS",
    "PT",
    "PW",
    "PY",
    "QA",
    "RE",
    "RO",
    "RS",
    "RU",
    "RW",
    "SA",
    "SB",
    "SC",
    "SD",
    "SE",
    "SG",
    "SH",
    "SI",
    "SJ",
    "SK",
    "SL",
    "SM",
    "SN",
    "SO",
    "SR",
    "SS",
    "ST",
    "SV",
    "SX",
    "SY",
    "SZ",
    "TC",
    "TD",
    "TF",
    "TG",
    "TH",
    "TJ",
    "TK",
    "TL",
    "TM",
    "TN",
    "TO",
    "TR",
    "TT",
    "TV",
    "TW",
    "TZ",
    "UA",
    "UG",
    "UM",
    "US",
    "UY",
    "UZ",
    "VA",
    "VC",
    "VE",
    "VG",
    "VI",
    "VN",
    "VU",
    "WF",
    "WS",
    "XK",
    "YE",
    "YT",
    "ZA",
    "ZM",
    "ZW",
]

Currency = Literal[
    "AED",
    "AFN",
    "ALL",
    "AMD",
    "ANG",
    "AOA",
    "ARS",
    "AUD",
    "AWG",
    "AZN",
    "BAM",
    "BBD",
    "BDT",
    "BGN",
    "BHD",
    "BIF",
    "BMD",
    "BND",
    "BOB",
    "BRL",
    "BSD",
    "BTN",
    "BWP",
    "BYN",
    "BZD",
    "CAD",
    "CDF",
    "CHF",
    "CLP",
    "CNY",
    "COP",
    "CRC",
    "CUP",
    "CVE",
    "CZK",
    "DJF",
    "DKK",
    "DOP",
    "DZD",
    "EGP",
    "ERN",
    "ETB",
    "EUR",
    "FJD",
    "FKP",
    "GBP",
    "GEL",
    "GHS",
    "GIP",
    "GMD",
    "GNF",
    "GTQ",
    "GYD",
    "HKD",
    "HNL",
    "HTG",
    "HUF",
    "IDR",
    "ILS",
    "INR",
    "IQD",
    "IRR",
    "ISK",
    "JMD",
    "JOD",
    "JPY",
    "KES",
    "KGS",
    "KHR",
    "KMF",
    "KPW",
    "KRW",
    "KWD",
    "KYD",
    "KZT",
    "LAK",
    "LBP",
    "LKR",
    "LRD",
    "LSL",
    "LYD",
    "MAD",
    "MDL",
    "MGA",
    "MKD",
    "MMK",
    "MNT",
    "MOP",
    "MRU",
    "MUR",
    "MVR",
    "MWK",
    "MXN",
    "MYR",
    "MZN",
    "NAD",
    "NGN",
    "NIO",
    "NOK",
    "NPR",
    "NZD",
    "OMR",
    "PAB",
    "PEN",
    "PGK",
    "PHP",
    "PKR",
    "PLN",
    "PYG",
    "QAR",
    "RON",
    "RSD",
    "RUB",
    "RWF",
    "SAR",
    "SBD",
    "SCR",
    "SDG",
    "SEK",
    "SGD",
    "SHP",
    "SLE",
    "SOS",
    "SRD",
    "SSP",
    "STN",
    "SVC",
    "SYP",
    "SZL",
    "THB",
    "TJS",
    "TMT",
    "TND",
    "TOP",
    "TRY",
    "TTD",
    "TWD",
    "TZS",
    "UAH",
    "UGX",
    "USD",
    "UYU",
    "UZS",
    "VED",
    "VES",
    "VND",
    "VUV",
    "WST",
    "XAF",
    "XCD",
    "XCG",
    "XOF",
    "XPF",
    "YER",
    "ZAR",
    "ZMW",
    "ZWG",
]

DeliveryStatus = Literal["pending", "delivered", "stopped", "dead"]

DisputeStatus = Literal["NEEDS_RESPONSE", "UNDER_REVIEW", "WON", "LOST", "ACCEPTED"]

InstrumentStatus = Literal["PENDING", "ACTIVE"]

Kind = Literal["event", "update"]

Method = Literal[
    "bank_redirect", "bank_transfer", "card", "cash_on_delivery", "direct_debit", "gift_card", "invoice", "wallet"
]

Mode = Literal["test", "live"]

OperationStatus = Literal[
    "OBSERVED", "REQUESTED", "UNKNOWN", "AWAITING_SHOPPER", "PENDING", "FAILED", "SUCCEEDED", "REVERSED"
]

OperationType = Literal["authorize", "capture", "cancel", "refund", "close", "reversal"]

OrderStatus = Literal[
    "UNPAID",
    "PARTIALLY_PAID",
    "AUTHORIZED",
    "PAID",
    "CANCELLED",
    "WITHDRAWN",
    "EXPIRED",
    "REFUNDED",
    "MANUAL_INTERVENTION_NEEDED",
]

PaymentStatus = Literal[
    "CREATED",
    "SEEN",
    "PROCESSING",
    "AUTHORIZED",
    "PARTIALLY_CAPTURED",
    "CAPTURED",
    "MARKED",
    "SETTLED",
    "PARTIALLY_REFUNDED",
    "REFUNDED",
    "CANCELLED",
    "CAPTURE_VOIDED",
    "WITHDRAWN",
    "FAILED",
    "EXPIRED",
    "PROCESSING_EXPIRED",
    "CANCEL_FAILED",
    "REFUND_FAILED",
]

PayoutStatus = Literal["OPEN", "PROCESSING", "PAID", "FAILED", "RETURNED"]

Recurring = Literal["INITIAL", "REPEATED"]

RefundReason = Literal[
    "REQUESTED_BY_CUSTOMER",
    "GOODS_RETURNED",
    "NOT_DELIVERED",
    "DEFECTIVE",
    "PRICE_ADJUSTMENT",
    "DUPLICATE",
    "FRAUDULENT",
    "OTHER",
]

RefundsCommission = Literal["proportional", "kept"]

SafeLevel = Literal["AUTHORIZED", "CAPTURED", "SETTLED"]


class Account(TypedDict, total=False):
    """Your account."""

    update_url: Required[str | None]
    """Called as `GET {update_url}?id={order_reference}` when an order has changed. `null`: none."""
    endpoints: Required[list[Endpoint]]
    """Where signed events go."""
    previous_secrets_sign_until: Required[str | None]
    """RFC 3339 in UTC: until when events are also signed with the replaced secret; `null` if none was replaced."""
    signing_secret: str
    """Only if you requested a new secret; shown once."""
    merchant_id: Required[str]
    """Identifies your account."""
    name: Required[str]
    """Your name, as the menu shows it."""
    suspended: Required[bool]
    """Whether it is suspended: nothing can be paid."""
    signatures: Required[Signatures]
    """Whether calls have to be signed, and with which keys."""
    methods: Required[list[Method]]
    """Payment methods."""
    time_zone: Required[str]
    """IANA name: where your days begin and end."""
    links: Required[Links]
    """Your pages that the menu leads to."""
    authorization_sequence: Required[AuthorizationSequence]
    """Which of several tenders the menu authorizes first."""
    refunds_commission: Required[RefundsCommission]
    """Whether a refund returns the commission to the vendor."""
    payout_limits: Required[list[PayoutLimit]]
    """Of payouts to persons. In a currency that is not there nothing may be paid out."""
    vendors: Required[list[Vendor]]
    """Your vendors."""


class AccountChange(TypedDict, total=False):
    """A change of your account: who, when, from what to what."""

    id: Required[str]
    """Id of the entry."""
    at: Required[str]
    """When it was changed."""
    what: Required[Literal["merchant", "vendor", "client", "connector"]]
    """What was changed."""
    of: Required[str]
    """Its id; a connector's name."""
    did: Required[Literal["created", "changed", "deleted"]]
    """What was done to it."""
    by: Required[str | None]
    """The client's id; `operator` or `system`."""
    call: Required[str | None]
    """Your call."""
    request_id: Required[str | None]
    """Tell it to your operator if you ask about this answer."""
    outcome: Required[str]
    """`done`, or what it still waits for."""
    changes: Required[dict[str, ChangedField]]
    """By field, such as `time_zone` or `methods.card`; never secrets."""


class AccountChangePage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[AccountChange]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class AccountMethod(TypedDict, total=False):
    """How a payment method is offered."""

    method: Required[Method]
    """The payment method."""
    enabled: Required[bool]
    """Whether orders can be paid with it."""
    connector: Required[str | None]
    """The name of the PSP's connector."""
    position: Required[int]
    """Its place on the menu, from 1; equal ones are in the order of their names."""
    min_amount: Required[int | None]
    """In minor units: the smallest order that can be paid with it; `null`: any."""
    max_amount: Required[int | None]
    """In minor units: the largest order that can be paid with it; `null`: any."""
    currencies: Required[list[str] | None]
    """ISO 4217 codes. Not given or `null`: any."""
    limited: Required[bool]
    """Whether it has a balance, as a gift card has."""
    considered_safe_at: Required[SafeLevel]
    """From which level on a payment with it counts as safe to ship."""
    routes: Required[list[dict[str, Any]]]
    """Connectors, tried in their order. Where none applies, `connector` is used."""
    failover: Required[bool]
    """Whether the next route is tried if a PSP has certainly not begun a payment."""


class AccountMethodPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[AccountMethod]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class AddAddress(TypedDict, total=False):
    """`country` is ISO 3166-1 alpha-2."""

    name: str | None
    """The name, as people write it."""
    line1: Required[str]
    """Street and number."""
    line2: str | None
    """What else the address needs."""
    postal_code: str | None
    """The postal code."""
    city: Required[str]
    """The town."""
    region: str | None
    """State or province."""
    country: Required[Country]
    """ISO 3166-1 alpha-2."""


class Address(TypedDict, total=False):
    """An address of a shopper. It cannot be changed: add another."""

    address_key: Required[str]
    """The key of an address of that shopper."""
    shopper_key: Required[str]
    """The shopper's key, from `POST /shoppers`."""
    name: Required[str | None]
    """The name, as people write it."""
    line1: Required[str]
    """Street and number."""
    line2: Required[str | None]
    """What else the address needs."""
    postal_code: Required[str | None]
    """The postal code."""
    city: Required[str]
    """The town."""
    region: Required[str | None]
    """State or province."""
    country: Required[str]
    """ISO 3166-1 alpha-2."""
    created_at: Required[str]
    """RFC 3339 in UTC."""


class Attempt(TypedDict, total=False):
    """One attempt to deliver a notification."""

    at: Required[str]
    """RFC 3339 in UTC, ending in Z."""
    status: Required[int | None]
    """The HTTP status of the response."""
    error: Required[str | None]
    """Why there was no response."""


class BeforeAfter(TypedDict, total=False):
    """A value before and after an event."""

    before: Required[Any]
    """The value before."""
    after: Required[Any]
    """The value afterwards."""


class Cancel(TypedDict, total=False):
    """How much of a hold to release."""

    amount: int | None
    """In minor units: how much of the hold to release. All that is not captured, if you leave it out."""


class Capture(TypedDict, total=False):
    """How much of a hold to capture."""

    amount: int | None
    """In minor units: how much to capture. All that is held, if you leave it out."""
    final: bool | None
    """Whether it is the last capture: the rest of the hold is released. True, if it takes all."""
    fee: int | None
    """In minor units: the commission that you keep of it."""


class ChangedField(TypedDict, total=False):
    """A field's value before and after."""

    old: Required[Any]
    """The value before; secrets are left out."""
    new: Required[Any]
    """The value since; secrets are left out."""


class Choice(TypedDict, total=False):
    """What a shopper can choose, such as a bank."""

    token: Required[str]
    """Pass it as `instrument.token`."""
    name: Required[str]
    """As the shopper knows it."""


class Connector(TypedDict, total=False):
    """A PSP, and whether it is set up for you."""

    connector: Required[str]
    """The name of the PSP's connector."""
    title: Required[str]
    """The PSP's name."""
    set_up: Required[bool]
    """New orders can be paid through it."""
    mode: Required[Mode | None]
    """Whether it is test money or real."""
    methods: Required[list[ConnectorMethod]]
    """What it can do, by method."""
    credential_names: Required[list[str]]
    """The names of the credentials that `PUT /account/connectors/{connector}` takes."""
    webhook_secrets: Required[list[str]]
    """Credentials of which several values can be valid."""
    notification_url: Required[str | None]
    """Enter it in your PSP's settings for webhooks."""
    test: Required[ConnectorCredentials | None]
    """The credentials of the test mode, without their values."""
    live: Required[ConnectorCredentials | None]
    """The credentials of the live mode, without their values."""
    revision: Required[int]
    """Increases with every change of the settings."""


class ConnectorCredentials(TypedDict, total=False):
    """The credentials of one mode, without their values."""

    checked_at: Required[str | None]
    """When the PSP accepted them; `null` if it was not asked."""
    values: Required[list[CredentialValue]]
    """The values that are set, without what they are."""


class ConnectorMethod(TypedDict, total=False):
    """What a connector can do with a payment of this method."""

    method: Required[str]
    """The payment method."""
    inputs: Required[list[str]]
    """How the PSP learns what is paid with."""
    capture: Required[list[Literal["auto", "manual"]]]
    """When it can be captured; empty if nothing is held."""
    captures: Required[Literal["none", "whole", "one", "many"]]
    """How often a hold can be captured. `one`: a part can be captured, once; the rest is released."""
    cancels: Required[Literal["none", "whole", "part", "by_capture"]]
    """What can be released of a hold. `by_capture`: a part is released at the PSP when the rest is captured."""
    refunds: Required[Literal["none", "whole", "many"]]
    """Whether it can be refunded: never, in one piece, or in parts."""
    redirect: Required[Literal["none", "before", "after"]]
    """When the shopper leaves the menu: before the authorization, after it was requested, or never."""
    saves_instruments: Required[bool]
    """Whether instruments can be saved."""
    recurring: Required[bool]
    """Whether it can be charged without the shopper present."""
    brands: Required[list[str]]
    """Empty: any."""
    currencies: Required[list[str] | None]
    """ISO 4217 codes. Not given or `null`: any."""


class ConnectorPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[Connector]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class ConsideredSafe(TypedDict, total=False):
    """Present only when it is safe to ship."""

    level: Required[SafeLevel]
    """The weakest level that a payment has reached."""
    since: Required[str]
    """RFC 3339 in UTC."""


class CreateInvoice(TypedDict, total=False):
    """An order that is paid by a link. `due_at`: until when, 90 days ahead at most; 14 days where it is not
    given.

    `due_on` instead: to the end of that day where you are (`time_zone` of your account).

    `send`: whether its e-mail goes out at once; not given, it does where this deployment sends e-mails.
    """

    order_reference: Required[str]
    """Yours, 1 to 100 visible characters; each can be used once."""
    amount: Required[int]
    """In minor units of the currency: `12000` is 120.00 EUR, or 12000 JPY."""
    currency: Required[Currency]
    """ISO 4217."""
    customer: Required[Recipient]
    """Who gets the e-mail."""
    due_at: str | None
    """RFC 3339 with an offset: the deadline for the payment, at most 90 days ahead. 14 days, if you leave it
    out.
    """
    due_on: str | None
    """In place of `due_at`: to the end of that day where you are (`time_zone` of your account)."""
    send: bool | None
    """Whether the e-mail goes out at once. It does where this deployment sends e-mails, if you leave it out."""
    capture: Literal["auto", "manual"]
    """`auto`: captured when it is authorized. `manual`: you capture, within seven days. `auto`, if you leave it
    out.
    """
    methods: list[Method] | None
    """What the menu offers. All that apply, if you leave it out."""
    return_urls: ReturnUrls | None
    """Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https,
    and public.
    """
    description: str | None
    """What is paid for, shown to the shopper; up to 1,000 characters."""
    items: list[Item]
    """The order's lines, 200 at most, shown to the shopper."""
    locale: str | None
    """The shopper's language, a tag such as `en` or `de-AT`."""
    metadata: dict[str, Any]
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """
    notification_url: str | None
    """Full signed events of this order go there, beside your account's endpoints. Https, and public."""
    max_open_tenders: int
    """How many open tenders, such as cards, may pay the order, beside gift cards. `1`, if you leave it out."""


class CreateOrder(TypedDict, total=False):
    """An order asks a shopper to pay an amount."""

    order_reference: Required[str]
    """Yours, 1 to 100 visible characters; each can be used once."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. An order of `0` is paid at once."""
    currency: Required[Currency]
    """ISO 4217."""
    capture: Literal["auto", "manual"]
    """`auto`: captured when it is authorized. `manual`: you capture, within seven days. `manual`, if you leave
    it out.
    """
    methods: list[Method] | None
    """What the menu offers. All that apply, if you leave it out."""
    return_urls: ReturnUrls | None
    """Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https,
    and public.
    """
    description: str | None
    """What is paid for, shown to the shopper; up to 1,000 characters."""
    items: list[Item]
    """The order's lines, 200 at most, shown to the shopper."""
    customer: dict[str, Any] | None
    """Your data about the customer, up to 10,000 characters of JSON. It can be erased."""
    shopper_key: str | None
    """The shopper's key, from `POST /shoppers`."""
    address_key: str | None
    """The key of an address of that shopper."""
    locale: str | None
    """The shopper's language, a tag such as `en` or `de-AT`."""
    metadata: dict[str, Any]
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """
    notification_url: str | None
    """Full signed events of this order go there, beside your account's endpoints. Https, and public."""
    vendor_id: str | None
    """The one vendor to whom the whole order belongs."""
    multi_vendor: bool
    """Whether the order is divided between vendors later: its payment is a technical one. `false`, if you leave
    it out.
    """
    on_failed_tender: Literal["keep", "unwind"]
    """When one of several tenders fails: `keep` the others, or `unwind` them (cancel or refund) at once. `keep`,
    if you leave it out.
    """
    statement_descriptor: str | None
    """What the shopper reads on the bank statement, 22 characters at most."""
    max_open_tenders: int
    """How many open tenders, such as cards, may pay the order, beside gift cards. `1`, if you leave it out."""
    saved_instruments: bool
    """Whether the menu may show the shopper's saved instruments. `false`, if you leave it out."""
    shopper_authenticated: bool
    """Whether the shopper has signed in with you: saved instruments are then charged as any card is. `false`, if
    you leave it out.
    """
    expires_in_minutes: int
    """Minutes until the order ends by itself if it was not fully covered. `120`, if you leave it out."""


class CreatePayout(TypedDict, total=False):
    """Money to a person. The instrument's token is the PSP's, or ours of a saved one.

    `description` and `metadata` stay with the money, they are not erased: they must not name people.
    """

    payout_reference: Required[str]
    """Yours, 1 to 100 visible characters; each can be used once."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    currency: Required[Currency]
    """ISO 4217."""
    instrument: Required[Instrument]
    """Where the money goes."""
    shopper_key: str | None
    """The shopper's key, from `POST /shoppers`."""
    description: str | None
    """What it is paid for, up to 1,000 characters. It must not name people: it stays with the financial records."""
    metadata: dict[str, Any]
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """


class CreateShopper(TypedDict, total=False):
    """Give no more than you need; all of it is erased with the shopper."""

    shopper_reference: str | None
    """Yours, 1 to 100 visible characters."""
    name: str | None
    """The name, as people write it."""
    email: str | None
    """An e-mail address."""
    phone: str | None
    """A telephone number."""
    locale: str | None
    """The shopper's language, a tag such as `en` or `de-AT`."""
    metadata: dict[str, Any]
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """


class CredentialValue(TypedDict, total=False):
    """A value that is set, without what it is."""

    value_id: Required[str]
    """For `revoke`."""
    name: Required[str]
    """Which credential it is."""
    hint: Required[str | None]
    """The last four characters, if a browser may see the value."""
    set_at: Required[str]
    """RFC 3339 in UTC."""
    set_by: Required[str]
    """The API client or the operator."""
    valid_until: Required[str | None]
    """When a replaced webhook secret ends."""


class Customer(TypedDict, total=False):
    """Who gets the e-mail."""

    name: Required[str | None]
    """The name, as people write it."""
    email: Required[str]
    """An e-mail address."""


class Dispute(TypedDict, total=False):
    """A shopper's bank asks for captured money back."""

    dispute_id: Required[str]
    """Identifies the dispute."""
    payment_id: Required[str]
    """Identifies the payment."""
    order_key: Required[str]
    """The order's key. It is no secret, and it opens nothing."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    currency: Required[str]
    """ISO 4217."""
    status: Required[DisputeStatus]
    """Where it stands."""
    reason: Required[str]
    """As the PSP gives it."""
    evidence_due_at: Required[str | None]
    """RFC 3339 in UTC: the deadline for your evidence; `null` if the PSP told none."""
    opened_at: Required[str]
    """RFC 3339 in UTC."""


class DisputePage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[Dispute]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class Document(TypedDict, total=False):
    """A document that speaks for the merchant. Its content is Base64 (RFC 4648)."""

    name: Required[str]
    """The file's name."""
    content_type: Required[str]
    """The file's media type."""
    content_base64: Required[str]
    """The file in Base64 (RFC 4648), up to 4,000,000 characters."""


class Endpoint(TypedDict, total=False):
    """Where signed events go."""

    url: Required[str]
    """Where it goes."""
    events: Required[list[str]]
    """Which events it gets: `order.updated` is all of them."""
    status: Required[Literal["active", "stopped"]]
    """`stopped` after a 410, until you configure it again."""


class Event(TypedDict, total=False):
    """The body of a signed event."""

    type: Required[Literal["order.updated"]]
    """Every event has this type: filters decide which you get, and all have the whole order."""
    timestamp: Required[str]
    """RFC 3339 in UTC: when the order changed."""
    data: Required[Order]
    """The order, as `GET /orders/{order_key}` answers it."""


class FieldError(TypedDict, total=False):
    """What is wrong with a field."""

    pointer: Required[str]
    """JSON pointer (RFC 6901) to the field."""
    detail: Required[str]
    """What the field takes, for humans; may change."""


class HistoryEntry(TypedDict, total=False):
    """An event of an order. It has more fields, by its type."""

    version: Required[int]
    """The order's version after it."""
    at: Required[str]
    """RFC 3339 in UTC, ending in Z."""
    type: Required[str]
    """What happened."""
    actor: Required[Actor]
    """Who caused it: `merchant`, `shopper`, `system`, `operator`, or `psp` for what the PSP did without a
    request.
    """
    cause: Required[str]
    """What caused it: a call, a notification of the PSP, a timer."""
    order_status: Required[BeforeAfter]
    """The order's status before and after."""
    payment_id: str
    """The payment that it is about."""
    payment_status: BeforeAfter
    """The payment's status before and after."""
    amounts: BeforeAfter
    """The payment's amounts before and after, in minor units."""
    psp_reference: str | None
    """The PSP's own reference; `null` until it is known."""
    operation_id: str
    """The operation that it is about."""
    operation: str
    """What the PSP was asked to do."""
    status: str
    """The outcome of the operation."""
    amount: int
    """In minor units: of the order, payment or operation that it is about."""
    reason_code: str
    """Why it failed."""
    reason: str
    """Why, as it was given."""
    why: str
    """Why the system did it."""
    surplus: int
    """In minor units: what was paid too much."""
    token: str
    """The saved instrument that it is about."""
    by: str
    """The operator."""
    booking_id: str
    """The bank's own reference of a transfer."""


class HistoryEntryPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[HistoryEntry]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""
    why: list[str]
    """Sentences that explain the present state."""


class Instructions(TypedDict, total=False):
    """The bank transfer that the shopper has to make. The reference identifies the payment on a bank statement."""

    iban: Required[str]
    """The account (ISO 13616)."""
    holder: Required[str]
    """The account's holder."""
    reference: Required[str]
    """The creditor reference (ISO 11649) that the transfer has to name."""
    due_at: Required[str]
    """RFC 3339 in UTC: the deadline for the transfer."""
    received: Required[int]
    """In minor units: what has arrived so far; the rest is expected by `due_at`."""


class Instrument(TypedDict, total=False):
    """What to pay with: a token of the PSP, never a card number."""

    token: Required[str]
    """A token of the PSP, or of a saved instrument; never a card number."""


class Invoice(TypedDict, total=False):
    """An order that is paid through a link. It also has the optional fields that were set on the order."""

    invoice_id: Required[str]
    """Identifies the invoice."""
    order_key: Required[str]
    """The order's key. It is no secret, and it opens nothing."""
    order_reference: Required[str]
    """Yours, 1 to 100 visible characters; each can be used once."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    currency: Required[str]
    """ISO 4217."""
    status: Required[Literal["DRAFT", "SENDING", "SENT", "SEEN"] | OrderStatus]
    """The progress of the e-mail until somebody begins to pay, then the status of the order."""
    payment_url: Required[str]
    """Opens the payment menu for anyone who has the link."""
    due_at: Required[str]
    """RFC 3339 in UTC: the deadline for the payment."""
    sent_at: Required[str | None]
    """RFC 3339 in UTC: when the mail service accepted the last e-mail; `null` until then."""
    times_sent: Required[int]
    """How often the e-mail was sent."""
    seen_at: Required[str | None]
    """RFC 3339 in UTC: when the link was first opened; `null` until then."""
    customer: Required[Customer | None]
    """null after it was erased."""
    amounts: Required[OrderSums]
    """What became of the amount, each in minor units."""
    capture: Required[Literal["auto", "manual"]]
    """`auto`: captured when it is authorized. `manual`: you capture, within seven days."""
    withdrawable: Required[bool]
    """Whether it can be withdrawn: nobody has begun to pay."""
    version: Required[int]
    """Increases with every change: a higher version is newer."""
    created_at: Required[str]
    """RFC 3339 in UTC."""
    updated_at: Required[str]
    """RFC 3339 in UTC."""
    allowed_operations: Required[list[Literal["send", "withdraw"]]]
    """What you can do with it now."""
    metadata: Required[dict[str, Any]]
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """
    considered_safe: ConsideredSafe
    """Only when it is safe to ship."""
    description: str
    """What is paid for, shown to the shopper; up to 1,000 characters."""
    items: list[dict[str, Any]]
    """The order's lines, 200 at most, shown to the shopper."""
    locale: str
    """The shopper's language, a tag such as `en` or `de-AT`."""
    methods: list[Method]
    """Payment methods."""
    return_urls: dict[str, str]
    """Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https,
    and public.
    """
    notification_url: str
    """Full signed events of this order go there, beside your account's endpoints. Https, and public."""


class Item(TypedDict, total=False):
    """A line of the order, shown on the menu. `amount` is the whole of the line, negative for a discount; where
    every line has one, they add up to the order's amount. `kind` is `product` if it is not given.
    """

    name: Required[str]
    """What it is, shown to the shopper."""
    kind: Literal["product", "discount", "shipping", "tax", "fee"] | None
    """What kind of line it is. `product`, if you leave it out."""
    quantity: int | float
    """How many, a decimal number with up to six decimals. `1`, if you leave it out."""
    unit: str | None
    """What the quantity counts."""
    amount: int | None
    """In minor units: the whole line, negative for a discount. Where every line has one, they add up to the
    order's amount.
    """
    unit_amount: int | None
    """In minor units: the price of one, as you wish to show it."""
    description: str | None
    """Details of the line, shown to the shopper."""
    sku: str | None
    """Your stock-keeping unit."""
    reference: str | None
    """Your own name of the line."""
    vendor_id: str | None
    """The vendor. A line's vendor is for your records."""


class Links(TypedDict, total=False):
    """Your pages that the menu leads to."""

    terms: Required[str | None]
    """URL of your terms, https; the menu leads there."""
    privacy: Required[str | None]
    """URL of your privacy notice, https."""
    contact: Required[str | None]
    """URL where shoppers reach you, https."""


class MethodAbilities(TypedDict, total=False):
    """What can be done with a payment of this method."""

    inputs: Required[list[Literal["token", "fields", "iban", "hosted", "none"]]]
    """How the PSP learns what is paid with."""
    capture: Required[list[Literal["auto", "manual"]]]
    """Empty if nothing is held."""
    captures: Required[Literal["none", "whole", "one", "many"]]
    """How often a hold can be captured. `one`: a part can be captured, once; the rest is released."""
    cancels: Required[Literal["none", "whole", "part", "by_capture"]]
    """What can be released of a hold. `by_capture`: a part is released at the PSP when the rest is captured."""
    refunds: Required[Literal["none", "whole", "many"]]
    """Whether it can be refunded: never, in one piece, or in parts."""
    redirect: Required[Literal["none", "before", "after"]]
    """When the shopper leaves the menu: before the authorization, after it was requested, or never."""
    saves: Required[bool]
    """The instrument can be saved."""
    recurring: Required[bool]
    """Whether it can be charged without the shopper present."""
    choices: Required[list[Choice]]
    """What a shopper can choose from, such as banks."""


class NewSignatureKey(TypedDict, total=False):
    """A new key for signatures; its secret is shown once."""

    key_id: Required[str]
    """The `keyid` of signatures with this key."""
    secret: Required[str]
    """The key in base64; shown once."""


class Notification(TypedDict, total=False):
    """A notification that was sent to you, with every attempt."""

    id: Required[str]
    """Identifies the notification."""
    kind: Required[Kind]
    """`event`: a signed POST. `update`: a GET of your update URL."""
    type: Required[Literal["order.updated"]]
    """The type of the event."""
    order_key: Required[str]
    """The order's key. It is no secret, and it opens nothing."""
    order_reference: Required[str]
    """The order's, as you gave it."""
    version: Required[int]
    """The order's version that it tells of."""
    url: Required[str]
    """Where it goes."""
    status: Required[DeliveryStatus]
    """`dead` after 72 hours of attempts, until it is resent; `stopped` after a 410."""
    created_at: Required[str]
    """RFC 3339 in UTC."""
    next_attempt_at: Required[str | None]
    """RFC 3339 in UTC: when it is tried again; `null` if it is not."""
    attempts: Required[list[Attempt]]
    """Every attempt to deliver it, oldest first."""


class NotificationPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[Notification]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class Notifications(TypedDict, total=False):
    """Where notifications go."""

    update_url: Required[str | None]
    """Called as `GET {update_url}?id={order_reference}` when an order has changed. `null`: none."""
    endpoints: Required[list[Endpoint]]
    """Where signed events go."""
    previous_secrets_sign_until: Required[str | None]
    """RFC 3339 in UTC: until when events are also signed with the replaced secret; `null` if none was replaced."""
    signing_secret: str
    """Only if you requested a new secret; shown once."""


class Operation(TypedDict, total=False):
    """One request to the PSP, or what it did unasked."""

    operation_id: Required[str]
    """Identifies the operation."""
    type: Required[OperationType]
    """What the PSP was asked to do."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    status: Required[OperationStatus]
    """Its outcome."""
    reason_code: Required[str | None]
    """Why it failed, one of CANCELLED_BY_PAYER, CANCELLED_BY_PAYER_AT_BANK, BANK_NOT_FOUND,
    MANUAL_TRANSFER_REQUESTED, INSUFFICIENT_AMOUNT, AML_BLOCKED, REJECTED_BY_BANK, REFUSED, SUSPECTED_FRAUD,
    EXPIRED_INSTRUMENT, PSP_ERROR, AUTHENTICATION_REQUIRED, CARD_LOST_OR_STOLEN, TRY_AGAIN_LATER, OTHER;
    `null` if it did not.
    """
    requested_at: Required[str]
    """RFC 3339 in UTC."""
    psp_reference: Required[str | None]
    """The PSP's own reference; `null` until it is known."""
    origin: Required[Actor]
    """Who caused it. `psp`: the PSP did it without a request, such as in its back office."""
    final: bool
    """Only of a capture that releases the rest of the hold."""
    fee: int
    """In minor units, only where it has one: the commission kept."""
    reason: str
    """Only of a refund with a reason, as you gave it."""


class Order(TypedDict, total=False):
    """An order with its payments."""

    order_key: Required[str]
    """The order's key. It is no secret, and it opens nothing."""
    order_reference: Required[str]
    """Yours, 1 to 100 visible characters; each can be used once."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    currency: Required[str]
    """ISO 4217."""
    status: Required[OrderStatus]
    """Where it stands."""
    menu_url: Required[str]
    """Send the shopper's browser there. Whoever has the link may pay and cancel the order on the menu."""
    created_at: Required[str]
    """RFC 3339 in UTC."""
    updated_at: Required[str]
    """RFC 3339 in UTC."""
    expires_at: Required[str]
    """RFC 3339 in UTC: when the order ends by itself if it was not fully covered."""
    version: Required[int]
    """Increases with every change: a higher version is newer."""
    withdrawable: Required[bool]
    """Whether it can be withdrawn: nobody has begun to pay."""
    capture: Required[Literal["auto", "manual"]]
    """`auto`: captured when it is authorized. `manual`: you capture, within seven days."""
    amounts: Required[OrderSums]
    """What became of the amount, each in minor units."""
    allowed_operations: Required[list[Literal["withdraw", "start", "update", "cancel", "refund"]]]
    """What you can do with it now."""
    payments: Required[list[Payment]]
    """The order's payments, oldest first. Those of vendors are in a list of their own."""
    metadata: Required[dict[str, Any]]
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """
    customer: dict[str, Any]
    """Your data about the customer, up to 10,000 characters of JSON. It can be erased."""
    personal_data_erased_at: str
    """RFC 3339 in UTC; only after personal data was erased."""
    mode: Mode
    """Whether it is test money or real."""
    considered_safe: ConsideredSafe
    """Only when it is safe to ship."""
    description: str
    """What is paid for, shown to the shopper; up to 1,000 characters."""
    items: list[dict[str, Any]]
    """The order's lines, 200 at most, shown to the shopper."""
    shopper_key: str
    """The shopper's key, from `POST /shoppers`."""
    address_key: str
    """The key of an address of that shopper."""
    locale: str
    """The shopper's language, a tag such as `en` or `de-AT`."""
    methods: list[Method]
    """Payment methods."""
    return_urls: dict[str, str]
    """Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https,
    and public.
    """
    notification_url: str
    """Full signed events of this order go there, beside your account's endpoints. Https, and public."""
    vendor_id: str
    """The vendor. A line's vendor is for your records."""
    max_open_tenders: int
    """How many open tenders, such as cards, may pay the order, beside gift cards."""
    saved_instruments: bool
    """Whether the menu may show the shopper's saved instruments."""
    shopper_authenticated: bool
    """Whether the shopper has signed in with you: saved instruments are then charged as any card is."""
    multi_vendor: bool
    """Whether the order is divided between vendors later: its payment is a technical one."""


class OrderMethod(TypedDict, total=False):
    """A payment method, and whether it can pay this order now."""

    method: Required[Method]
    """The payment method."""
    applies: Required[bool]
    """Whether the shopper can pay this order with it now."""
    connector: Required[str | None]
    """The name of the PSP's connector."""
    limited: Required[bool]
    """Whether it has a balance, as a gift card has."""
    reasons: Required[list[str]]
    """Why it is not available."""
    can: Required[MethodAbilities | None]
    """As its connector declares; null without a connector."""


class OrderMethodPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[OrderMethod]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class OrderPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[Order]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class OrderRefund(TypedDict, total=False):
    """A refund of one of the order's payments."""

    refund_id: Required[str]
    """The `operation_id` of the payment's operation."""
    payment_id: Required[str]
    """Identifies the payment."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    status: Required[OperationStatus]
    """Its outcome."""
    order_key: Required[str]
    """The order's key. It is no secret, and it opens nothing."""
    currency: Required[str]
    """ISO 4217."""
    reason: Required[str | None]
    """As you gave it."""
    reason_code: Required[RefundReason | None]
    """As you gave it."""
    failure_code: Required[str | None]
    """Why the PSP refused it."""
    vendor_id: str
    """Only for vendor payments."""
    origin: Required[Actor]
    """Who caused it. `psp`: the PSP did it without a request."""
    requested_at: Required[str]
    """RFC 3339 in UTC."""
    settled_at: Required[str | None]
    """RFC 3339 in UTC: when the PSP's success became known; `null` until then."""


class OrderRefundPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[OrderRefund]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class OrderSums(TypedDict, total=False):
    """What became of the order's amount, in minor units."""

    authorized: Required[int]
    """In minor units: what was authorized."""
    captured: Required[int]
    """In minor units: what was captured."""
    cancelled: Required[int]
    """In minor units: what was released before it was captured."""
    refunded: Required[int]
    """In minor units: what was given back."""
    open: Required[int]
    """In minor units: what is due and not covered."""


class PaidWith(TypedDict, total=False):
    """A saved instrument."""

    token: Required[str]
    """Start the next payment with it."""
    brand: Required[str | None]
    """The brand of the card or wallet; `null` if there is none."""
    last4: str | None
    """The card's last four digits."""


class PartOfSplit(TypedDict, total=False):
    """A vendor's part of a split, and how far it is."""

    vendor_id: Required[str]
    """The vendor. A line's vendor is for your records."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    sub_order_reference: Required[str]
    """Yours for the vendor's part, 1 to 100 visible characters; each can be used once."""
    fee: Required[int]
    """In minor units: the commission that you keep of it."""
    status: Required[str]
    """Where the part stands."""
    reason_code: Required[str | None]
    """Why its payment failed; or why none was begun: `CLOSED` (the split has ended), `DUPLICATE_REFERENCE`, or
    the code of the refusal in capitals, such as `AMOUNT_EXCEEDS_AVAILABLE`.
    """
    payment_id: Required[str]
    """Identifies the payment."""


class PayVendor(TypedDict, total=False):
    """PAY. `fee`: the commission agreed on, which a capture keeps unless it says another."""

    technical_payment_id: Required[str]
    """The order's technical payment, which is divided."""
    vendor_id: Required[str]
    """The vendor. A line's vendor is for your records."""
    amount: Required[int]
    """In minor units: the vendor's part."""
    sub_order_reference: Required[str]
    """Yours for the vendor's part, 1 to 100 visible characters; each can be used once."""
    fee: int
    """In minor units: the commission that you keep of it. `0`, if you leave it out."""


class PayWith(TypedDict, total=False):
    """What to pay with: a token, ours or the PSP's; or an account that is debited, and its holder."""

    token: str | None
    """A token of the PSP, or of a saved instrument; never a card number."""
    iban: str | None
    """The account (ISO 13616)."""
    holder: str | None
    """The account's holder."""


class Payment(TypedDict, total=False):
    """One attempt to pay (part of) an order with one method."""

    payment_id: Required[str]
    """Identifies the payment."""
    order_key: Required[str]
    """The order's key. It is no secret, and it opens nothing."""
    method: Required[Method]
    """The payment method."""
    brand: Required[str | None]
    """The brand of the card or wallet; `null` if there is none."""
    connector: Required[str]
    """The name of the PSP's connector."""
    kind: Required[Literal["single", "technical", "vendor"]]
    """`vendor`: a vendor's part of a `technical` payment. Any other is `single`."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    currency: Required[str]
    """ISO 4217."""
    status: Required[PaymentStatus]
    """Where it stands."""
    pending: Required[bool]
    """Whether an operation is at the PSP and its outcome is not known yet."""
    final: Required[bool]
    """Whether it has ended: nothing more will happen to it."""
    withdrawable: Required[bool]
    """Whether it can be withdrawn: nobody has begun to pay."""
    amounts: Required[PaymentSums]
    """What became of the amount, each in minor units and gross: what is held is `authorized` - `captured` -
    `cancelled`.
    """
    reason_code: Required[str | None]
    """Why it failed, one of CANCELLED_BY_PAYER, CANCELLED_BY_PAYER_AT_BANK, BANK_NOT_FOUND,
    MANUAL_TRANSFER_REQUESTED, INSUFFICIENT_AMOUNT, AML_BLOCKED, REJECTED_BY_BANK, REFUSED, SUSPECTED_FRAUD,
    EXPIRED_INSTRUMENT, PSP_ERROR, AUTHENTICATION_REQUIRED, CARD_LOST_OR_STOLEN, TRY_AGAIN_LATER, OTHER;
    `null` if it did not.
    """
    psp_reference: Required[str | None]
    """The PSP's own reference; `null` until it is known."""
    details: Required[dict[str, str | bool]]
    """What the PSP tells, by name. May be empty."""
    disputes: Required[list[Dispute]]
    """The payment's disputes, oldest first."""
    authorization_expires_at: Required[str | None]
    """RFC 3339 in UTC: when the hold ends by itself; `null` if nothing is held."""
    allowed_operations: Required[list[Literal["capture", "cancel", "refund", "withdraw", "sync"]]]
    """What you can do with it now."""
    operations: Required[list[Operation]]
    """Every request to the PSP about it, and what the PSP did unasked, oldest first."""
    created_at: Required[str]
    """RFC 3339 in UTC."""
    updated_at: Required[str]
    """RFC 3339 in UTC."""
    redirect: Redirect
    """Send the shopper's browser there. Only while it has to go there."""
    instrument: PaidWith
    """Only if it is saved."""
    fingerprint: str
    """Of the instrument, the same in all your payments with it."""
    recurring: Recurring
    """Only for recurring payments."""
    mode: Mode
    """Whether it is test money or real."""
    instructions: Instructions
    """Only while a bank transfer is expected."""
    vendor_id: str
    """Only for vendor payments."""
    sub_order_reference: str
    """Only for vendor payments."""
    technical_payment_id: str
    """Only for vendor payments: what it is part of."""
    fee: int
    """In minor units, only for vendor payments: the commission."""
    split_id: str | None
    """Only for vendor payments that a split made."""
    allotted: int
    """In minor units, only of a technical payment: what vendors were given of it."""


class PaymentPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[Payment]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class PaymentSums(TypedDict, total=False):
    """What became of the payment's amount, in minor units."""

    authorized: Required[int]
    """In minor units: what was authorized."""
    captured: Required[int]
    """In minor units: what was captured."""
    cancelled: Required[int]
    """In minor units: what was released before it was captured."""
    refunded: Required[int]
    """In minor units: what was given back."""
    disputed: Required[int]
    """In minor units: what disputes have taken. A dispute that is won counts no more."""


class Payout(TypedDict, total=False):
    """Outgoing money, to a vendor or a person."""

    payout_id: Required[str]
    """Identifies the payout."""
    status: Required[PayoutStatus]
    """Where it stands."""
    pending: Required[bool]
    """Whether an operation is at the PSP and its outcome is not known yet."""
    amount: Required[int]
    """Minor units; negative while the vendor owes money."""
    currency: Required[str]
    """ISO 4217."""
    connector: Required[str]
    """The name of the PSP's connector."""
    reason_code: Required[str | None]
    """Why it failed, one of CANCELLED_BY_PAYER, CANCELLED_BY_PAYER_AT_BANK, BANK_NOT_FOUND,
    MANUAL_TRANSFER_REQUESTED, INSUFFICIENT_AMOUNT, AML_BLOCKED, REJECTED_BY_BANK, REFUSED, SUSPECTED_FRAUD,
    EXPIRED_INSTRUMENT, PSP_ERROR, AUTHENTICATION_REQUIRED, CARD_LOST_OR_STOLEN, TRY_AGAIN_LATER, OTHER;
    `null` if it did not.
    """
    psp_reference: Required[str | None]
    """The PSP's own reference; `null` until it is known."""
    attempts: Required[int]
    """How often the payout was requested from the PSP."""
    paid_at: Required[str | None]
    """RFC 3339 in UTC: when the PSP paid it; `null` until then."""
    created_at: Required[str]
    """RFC 3339 in UTC."""
    updated_at: Required[str]
    """RFC 3339 in UTC."""
    vendor_id: str
    """Only for payouts to vendors."""
    held: bool
    """Only for payouts to vendors: the balance is negative and nothing is paid."""
    opening_balance: int
    """In minor units, only for payouts to vendors: the amount before the last run."""
    entry_count: int
    """How many ledger entries add up to it; only of a payout to a vendor."""
    payout_reference: str
    """Only of a payout to a person."""
    approval: Approval | None
    """Only of a payout to a person: by an operator, where one has to approve it."""
    metadata: dict[str, Any]
    """Only of a payout to a person, as you gave it."""
    description: str
    """Only of a payout to a person, as you gave it."""
    shopper_key: str
    """Only of a payout to a person, as you gave it."""
    totals: PayoutTotals
    """Only of a payout to a vendor."""


class PayoutEntry(TypedDict, total=False):
    """A ledger entry of a payout to a vendor."""

    entry_id: Required[str]
    """Identifies the entry."""
    kind: Required[Literal["capture", "refund", "refund_failed", "reversal", "adjustment", "payout", "payout_return"]]
    """What moved."""
    reference: Required[str]
    """The order or sub-order reference, the payout, or the key of the adjustment."""
    amount: Required[int]
    """In minor units: what it adds to the vendor's balance; negative for deductions."""
    currency: Required[str]
    """ISO 4217."""
    at: Required[str]
    """RFC 3339 in UTC, ending in Z."""
    by: str
    """Only for adjustments: the operator who made it."""
    reason: str
    """Only for adjustments."""


class PayoutEntryPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[PayoutEntry]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class PayoutLimit(TypedDict, total=False):
    """How much may be paid out to persons, in minor units."""

    currency: Required[str]
    """ISO 4217."""
    per_payout: Required[int]
    """In minor units: the largest payout."""
    per_day: Required[int]
    """In minor units, of a day of UTC."""
    left_today: Required[int]
    """In minor units: what can still be paid out today, a day of UTC."""
    approval_above: Required[int | None]
    """In minor units: a payout of more waits for an operator. `null`: none does."""


class PayoutPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[Payout]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class PayoutTotals(TypedDict, total=False):
    """amount = captured - fees - refunded + returned + adjusted."""

    captured: Required[int]
    """In minor units: what was captured for the vendor."""
    fees: Required[int]
    """In minor units: negative if more fees were returned than charged."""
    refunded: Required[int]
    """In minor units: negative if refunds failed that an earlier payout had deducted."""
    disputed: Required[int]
    """In minor units: what disputes took; negative for what they gave back."""
    returned: Required[int]
    """In minor units: returned payouts that this one pays again."""
    adjusted: Required[int]
    """Adjustments by an operator; negative for deductions."""


class Problem(TypedDict, total=False):
    """RFC 9457. `code` is stable; `detail` is for humans and may change."""

    type: Required[str]
    """A URL that leads to the code's section of the docs page."""
    title: Required[str]
    """What the status means, for humans."""
    status: Required[int]
    """The HTTP status."""
    code: Required[str]
    """The stable name of the error. Go by it."""
    detail: Required[str]
    """For humans; may change."""
    request_id: Required[str]
    """Tell it to your operator if you ask about this answer."""
    errors: list[FieldError]
    """Only if fields are invalid: which, and what they take."""


class Recipient(TypedDict, total=False):
    """Who gets the e-mail."""

    name: str | None
    """The name, as people write it."""
    email: Required[str]
    """An e-mail address."""


class Redirect(TypedDict, total=False):
    """Where the shopper's browser has to go."""

    url: Required[str]
    """Where the shopper's browser has to go."""
    http_method: Required[Literal["GET", "POST"]]
    """How the browser goes there. With `POST`, the `parameters` are the form's fields."""
    parameters: Required[dict[str, str]]
    """The fields of the form to send, if `http_method` is `POST`."""


class Refund(TypedDict, total=False):
    """How much to give back."""

    amount: int | None
    """In minor units: how much to give back. All that is captured and not refunded, if you leave it out."""
    reason: str | None
    """Why, for the records. It must not name people."""
    reason_code: RefundReason | None
    """Why, as a word that PSPs know."""


class RefundOrder(TypedDict, total=False):
    """Without `payments`, the payments captured last are refunded first."""

    amount: int | None
    """In minor units: how much to give back. All that is captured and not refunded, if you leave it out."""
    reason: str | None
    """Why, for the records. It must not name people."""
    reason_code: RefundReason | None
    """Why, as a word that PSPs know."""
    payments: list[RefundedTender] | None
    """Which payments to refund. Those captured last come first, if you leave it out."""


class RefundedTender(TypedDict, total=False):
    """A payment to refund, and how much of it; all that is refundable of it where no amount is given."""

    payment_id: Required[str]
    """Identifies the payment."""
    amount: int | None
    """In minor units: how much of this payment to give back. All that can be, if you leave it out."""


class ReturnUrls(TypedDict, total=False):
    """Where the shopper's browser goes after the payment."""

    success: str | None
    """Where the browser goes after it was paid."""
    aborted: str | None
    """Where the browser goes after the shopper cancelled, and after the refusal of a payment that was started by
    API.
    """
    error: str | None
    """Where the browser goes after an error."""


class RouteCondition(TypedDict, total=False):
    """All have to hold. A brand is known of a saved instrument, a country of an order with an address."""

    currencies: list[Currency] | None
    """ISO 4217 codes. Not given or `null`: any."""
    brands: list[str] | None
    """Card brands in lower case."""
    countries: list[str] | None
    """ISO 3166-1 alpha-2 codes of the address of the order."""
    amount_from: int | None
    """In minor units: the least amount of an order for which this route is used."""
    amount_to: int | None
    """In minor units: the largest amount of an order for which this route is used."""


class RuleItem(TypedDict, total=False):
    """A line of the order: its vendor, its price, and the commission as a percentage."""

    vendor_id: Required[str]
    """The vendor. A line's vendor is for your records."""
    amount: Required[int]
    """In minor units: the price of the line."""
    commission: float | str
    """In percent of the part, as text with up to six decimals: what you keep of it. `0`, if you leave it out."""


class RuleShare(TypedDict, total=False):
    """A vendor's percentage of the amount, and the commission as a percentage of that part."""

    vendor_id: Required[str]
    """The vendor. A line's vendor is for your records."""
    percent: Required[float | str]
    """In percent of the amount, as text with up to six decimals. The shares add up to 100."""
    commission: float | str
    """In percent of the part, as text with up to six decimals: what you keep of it. `0`, if you leave it out."""


class SaveInstrument(TypedDict, total=False):
    """`instrument.token` is the PSP's: never a card number."""

    shopper_key: Required[str]
    """The shopper's key, from `POST /shoppers`."""
    method: Required[Method]
    """The payment method."""
    instrument: Required[Instrument]
    """What to save."""
    return_url: str | None
    """Where the browser goes after this payment, in place of the order's `return_urls`."""


class SavedInstrument(TypedDict, total=False):
    """An instrument that a shopper has saved."""

    token: Required[str]
    """Start payments with it."""
    shopper_key: Required[str]
    """The shopper's key, from `POST /shoppers`."""
    method: Required[Method]
    """The payment method."""
    connector: Required[str]
    """The name of the PSP's connector."""
    status: Required[InstrumentStatus]
    """`PENDING` until the PSP has confirmed it."""
    brand: Required[str | None]
    """The brand of the card or wallet; `null` if there is none."""
    last4: Required[str | None]
    """The card's last four digits."""
    expires: Required[str | None]
    """Year and month."""
    recurring: Required[bool]
    """Whether it can be charged without the shopper present."""
    fingerprint: str
    """The same in all your payments with this instrument."""
    created_at: Required[str]
    """RFC 3339 in UTC."""
    redirect: Redirect
    """Send the shopper's browser there. Only while it has to go there."""


class SavedInstrumentPage(TypedDict, total=False):
    """A page of a list, newest first."""

    items: Required[list[SavedInstrument]]
    """This page of the list."""
    next_cursor: Required[str | None]
    """Pass it as `cursor` to get the next page; `null` on the last page."""


class SendEvidence(TypedDict, total=False):
    """What the shopper's bank is to read. The whole request is at most 4.5 MB."""

    text: Required[str]
    """What the shopper's bank is to read, up to 20,000 characters."""
    files: list[Document]
    """Documents, ten at most; 4.5 MB in all."""


class SetConnector(TypedDict, total=False):
    """Your own account with a PSP. Names that are not given keep their values; `null` credentials delete all of
    this mode. `revoke` ends values at once. `use`: new orders are paid with this mode. `check`: the PSP has
    to accept the credentials first.
    """

    mode: Required[Literal["test", "live"]]
    """Whether it is test money or real."""
    credentials: dict[str, str] | None
    """Values by name. Write-only. Names that are not given keep their values; `null` deletes all of this mode."""
    revoke: list[str]
    """The ids of credential values that end now."""
    use: bool | None
    """Whether new orders are paid with this mode."""
    check: bool
    """Whether the PSP has to accept the credentials first, in a call that changes nothing. `true`, if you leave
    it out.
    """


class SetEndpoint(TypedDict, total=False):
    """Where signed events go. `order.updated` stands for all of them."""

    url: Required[str]
    """Where it goes."""
    events: list[
        Literal[
            "order.updated",
            "order.considered_safe",
            "order.no_longer_safe",
            "dispute.opened",
            "dispute.closed",
            "refund.settled",
            "refund.failed",
            "order.unpaid",
            "order.partially_paid",
            "order.authorized",
            "order.paid",
            "order.cancelled",
            "order.withdrawn",
            "order.expired",
            "order.refunded",
            "order.manual_intervention_needed",
        ]
    ]
    """Which events it gets: `order.updated` is all of them. `[order.updated]`, if you leave it out."""


class SetLinks(TypedDict, total=False):
    """The shop's pages that the menu leads to, https. What is not given is shown no more."""

    terms: str | None
    """URL of your terms, https; the menu leads there."""
    privacy: str | None
    """URL of your privacy notice, https."""
    contact: str | None
    """URL where shoppers reach you, https."""


class SetMethod(TypedDict, total=False):
    """How a payment method is offered. What is not given is not restricted.

    `routes` are tried in their order; where none applies, `connector` is used. `failover`: if a PSP has
    certainly not begun a payment, the next one is tried.
    """

    enabled: bool
    """Whether orders can be paid with it. `true`, if you leave it out."""
    connector: str | None
    """The name of the PSP's connector."""
    routes: list[SetRoute]
    """Connectors, tried in their order. Where none applies, `connector` is used."""
    failover: bool
    """Whether the next route is tried if a PSP has certainly not begun a payment. `false`, if you leave it out."""
    position: int
    """Its place on the menu, from 1; equal ones are in the order of their names. `100`, if you leave it out."""
    min_amount: int | None
    """In minor units: the smallest order that can be paid with it; `null`: any."""
    max_amount: int | None
    """In minor units: the largest order that can be paid with it; `null`: any."""
    currencies: list[Currency] | None
    """ISO 4217 codes. Not given or `null`: any."""


class SetNotifications(TypedDict, total=False):
    """What is not given stays as it is. Naming a URL again lifts a stop that it had asked for with 410.
    `revoke_now`: a replaced secret signs no more.
    """

    update_url: str | None
    """Called as `GET {update_url}?id={order_reference}` when an order has changed. `null`: none."""
    endpoints: list[SetEndpoint] | None
    """Where signed events go. The list replaces the earlier one."""
    rotate_secret: bool
    """Makes a new signing secret. It is in the answer, this one time. `false`, if you leave it out."""
    revoke_now: bool
    """Whether the replaced secret ends at once, in place of in 24 hours. `false`, if you leave it out."""


class SetRoute(TypedDict, total=False):
    """A connector and when it is used. Weights share the traffic between the routes that apply and have one."""

    connector: Required[str]
    """The name of the PSP's connector."""
    weight: int | None
    """Its share of the traffic, beside the weights of the other routes that apply."""
    when: RouteCondition
    """When it is used; all conditions have to hold. `{currencies: null, brands: null, countries: null,
    amount_from: null, amount_to: null}`, if you leave it out.
    """


class SetSignatures(TypedDict, total=False):
    """Keys that sign calls. `required` is taken of a call that is signed itself: it shows that you can."""

    required: bool | None
    """Whether unsigned calls are rejected. It can be set by a signed call only."""
    new_key: bool
    """Makes a new key. Its secret is in the answer, this one time. `false`, if you leave it out."""
    retire: list[str]
    """The ids of keys that end now."""


class SetTimeZone(TypedDict, total=False):
    """Where the account's days begin and end: an IANA name."""

    time_zone: Required[str]
    """IANA name: where your days begin and end."""


class Shopper(TypedDict, total=False):
    """A shopper. All of it is erased with the shopper."""

    shopper_key: Required[str]
    """The shopper's key, from `POST /shoppers`."""
    shopper_reference: Required[str | None]
    """Yours, 1 to 100 visible characters."""
    name: Required[str | None]
    """The name, as people write it."""
    email: Required[str | None]
    """An e-mail address."""
    phone: Required[str | None]
    """A telephone number."""
    locale: Required[str | None]
    """The shopper's language, a tag such as `en` or `de-AT`."""
    metadata: Required[dict[str, Any]]
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """
    addresses: Required[list[Address]]
    """The shopper's addresses, oldest first."""
    created_at: Required[str]
    """RFC 3339 in UTC."""


class ShopperContext(TypedDict, total=False):
    """What a PSP may want to know of the shopper's browser, to judge fraud and to authenticate. It is not
    stored.
    """

    ip: str | None
    """The browser's address, IPv4 or IPv6."""
    user_agent: str | None
    """The browser's `User-Agent` header."""
    accept: str | None
    """The browser's `Accept` header."""
    locale: str | None
    """The shopper's language, a tag such as `en` or `de-AT`."""
    time_zone_offset: int | None
    """The browser's offset from UTC, in minutes."""
    screen_width: int | None
    """The screen's width, in pixels."""
    screen_height: int | None
    """The screen's height, in pixels."""
    colour_depth: int | None
    """The screen's colour depth, in bits."""


class SignatureKey(TypedDict, total=False):
    """A key that signs calls."""

    key_id: Required[str]
    """The `keyid` of signatures with this key."""
    created_at: Required[str]
    """RFC 3339 in UTC."""


class Signatures(TypedDict, total=False):
    """Whether calls have to be signed, and with which keys."""

    required: Required[bool]
    """Unsigned calls are rejected."""
    keys: Required[list[SignatureKey]]
    """The keys that are valid now."""
    new_key: NewSignatureKey
    """Only if you requested a new key."""


class Split(TypedDict, total=False):
    """A payment divided between vendors, and how far it is."""

    split_id: Required[str]
    """Identifies the split."""
    order_key: Required[str]
    """The order's key. It is no secret, and it opens nothing."""
    status: Required[Literal["RUNNING", "SUCCEEDED", "PARTIAL", "CANCELLED", "MANUAL_INTERVENTION_NEEDED"]]
    """How far it is."""
    technical_payment_id: Required[str]
    """The order's technical payment, which is divided."""
    on_failure: Required[Literal["partial", "cancel_all"]]
    """When a part fails: `partial` keeps the others, `cancel_all` cancels them."""
    amount: Required[int]
    """In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY."""
    part_count: Required[int]
    """How many parts there are."""
    created_at: Required[str]
    """RFC 3339 in UTC."""
    updated_at: Required[str]
    """RFC 3339 in UTC."""
    counts: dict[str, int]
    """How many parts have each status; only when you read the split."""
    parts: list[PartOfSplit]
    """Each part's status; only when you read the split."""


class SplitPart(TypedDict, total=False):
    """One vendor's part of a split, and the agreed commission."""

    vendor_id: Required[str]
    """The vendor. A line's vendor is for your records."""
    amount: Required[int]
    """In minor units: the vendor's part."""
    sub_order_reference: Required[str]
    """Yours for the vendor's part, 1 to 100 visible characters; each can be used once."""
    fee: int
    """In minor units: the commission that you keep of it. `0`, if you leave it out."""


class SplitPayment(TypedDict, total=False):
    """PAY for many vendors at once. `on_failure`: what succeeded stays, or all of it is cancelled."""

    technical_payment_id: Required[str]
    """The order's technical payment, which is divided."""
    parts: list[SplitPart] | None
    """The vendors' parts, 10,000 at most. In place of `rule`."""
    rule: SplitRule | None
    """How the parts are calculated. In place of `parts`."""
    on_failure: Literal["partial", "cancel_all"]
    """When a part fails: `partial` keeps the others, `cancel_all` cancels them. `partial`, if you leave it out."""


class SplitRule(TypedDict, total=False):
    """Divides `amount` exactly: by `shares` that add up to 100 percent, or in proportion to `items`.

    Each vendor gets one part; its sub-order reference is `sub_order_prefix`, a hyphen and the vendor's id.
    """

    amount: Required[int]
    """In minor units: what is divided."""
    sub_order_prefix: Required[str]
    """The part's sub-order reference is this, a hyphen and the vendor's id."""
    shares: list[RuleShare] | None
    """Percentages of the vendors, which add up to 100. In place of `items`."""
    items: list[RuleItem] | None
    """Lines, in proportion to whose amounts it is divided. In place of `shares`."""


class StartPayment(TypedDict, total=False):
    """How a payment begins."""

    method: Required[Method]
    """The payment method."""
    amount: int | None
    """In minor units: how much of the order to pay with it. All that is open, if you leave it out."""
    instrument: PayWith | None
    """What to pay with. Without it the shopper names it on the PSP's page."""
    return_url: str | None
    """Where the browser goes after this payment, in place of the order's `return_urls`."""
    save_instrument: bool
    """Whether to save the instrument for the order's shopper. `false`, if you leave it out."""
    recurring: bool
    """With `save_instrument`: others will follow. With a saved instrument: the shopper is absent. `false`, if
    you leave it out.
    """
    shopper_context: ShopperContext | None
    """What the PSP may want to know of the shopper's browser. It is not stored."""


class TimeZone(TypedDict, total=False):
    """Where your days begin and end."""

    time_zone: Required[str]
    """IANA name: where your days begin and end."""


class Token(TypedDict, total=False):
    """A bearer token."""

    access_token: Required[str]
    """Send it as `Authorization: Bearer ...` with every other call."""
    token_type: Required[Literal["Bearer"]]
    """How it is sent."""
    expires_in: Required[int]
    """Seconds until the token ends."""
    scope: str
    """Only if it lacks one of the default scopes."""


class UpdateOrder(TypedDict, total=False):
    """What to change; what is not given stays as it is."""

    amount: int | None
    """In minor units: what is due from now on. It can be raised, or lowered to what is not yet covered."""
    items: list[Item] | None
    """The order's lines, 200 at most, shown to the shopper."""
    metadata: dict[str, Any] | None
    """Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
    records.
    """


class Vendor(TypedDict, total=False):
    """A vendor of yours."""

    vendor_id: Required[str]
    """The vendor. A line's vendor is for your records."""
    name: Required[str]
    """The vendor's name."""
    suspended: Required[bool]
    """Whether it is suspended: nothing can be paid."""
