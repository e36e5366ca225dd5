// What the API takes and answers. Generated from the OpenAPI document by `python -m tools.docs`; do not edit.

/** Your account. */
export interface Account {
  /** Called as `GET {update_url}?id={order_reference}` when an order has changed. `null`: none. */
  update_url: string | null;
  /** Where signed events go. */
  endpoints: Array<Endpoint>;
  /** RFC 3339 in UTC: until when events are also signed with the replaced secret; `null` if none was replaced. */
  previous_secrets_sign_until: string | null;
  /** Only if you requested a new secret; shown once. */
  signing_secret?: string;
  /** Identifies your account. */
  merchant_id: string;
  /** Your name, as the menu shows it. */
  name: string;
  /** Whether it is suspended: nothing can be paid. */
  suspended: boolean;
  /** Whether calls have to be signed, and with which keys. */
  signatures: Signatures;
  /** Payment methods. */
  methods: Array<Method>;
  /** IANA name: where your days begin and end. */
  time_zone: string;
  /** Your pages that the menu leads to. */
  links: Links;
  /** Which of several tenders the menu authorizes first. */
  authorization_sequence: AuthorizationSequence;
  /** Whether a refund returns the commission to the vendor. */
  refunds_commission: RefundsCommission;
  /** Of payouts to persons. In a currency that is not there nothing may be paid out. */
  payout_limits: Array<PayoutLimit>;
  /** Your vendors. */
  vendors: Array<Vendor>;
}

/** A change of your account: who, when, from what to what. */
export interface AccountChange {
  /** Id of the entry. */
  id: string;
  /** When it was changed. */
  at: string;
  /** What was changed. */
  what: "merchant" | "vendor" | "client" | "connector";
  /** Its id; a connector's name. */
  of: string;
  /** What was done to it. */
  did: "created" | "changed" | "deleted";
  /** The client's id; `operator` or `system`. */
  by: string | null;
  /** Your call. */
  call: string | null;
  /** Tell it to your operator if you ask about this answer. */
  request_id: string | null;
  /** `done`, or what it still waits for. */
  outcome: string;
  /** By field, such as `time_zone` or `methods.card`; never secrets. */
  changes: Record<string, ChangedField>;
}

/** A page of a list, newest first. */
export interface AccountChangePage {
  /** This page of the list. */
  items: Array<AccountChange>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** How a payment method is offered. */
export interface AccountMethod {
  /** The payment method. */
  method: Method;
  /** Whether orders can be paid with it. */
  enabled: boolean;
  /** The name of the PSP's connector. */
  connector: string | null;
  /** Its place on the menu, from 1; equal ones are in the order of their names. */
  position: number;
  /** In minor units: the smallest order that can be paid with it; `null`: any. */
  min_amount: number | null;
  /** In minor units: the largest order that can be paid with it; `null`: any. */
  max_amount: number | null;
  /** ISO 4217 codes. Not given or `null`: any. */
  currencies: Array<string> | null;
  /** Whether it has a balance, as a gift card has. */
  limited: boolean;
  /** From which level on a payment with it counts as safe to ship. */
  considered_safe_at: SafeLevel;
  /** Connectors, tried in their order. Where none applies, `connector` is used. */
  routes: Array<Record<string, unknown>>;
  /** Whether the next route is tried if a PSP has certainly not begun a payment. */
  failover: boolean;
}

/** A page of a list, newest first. */
export interface AccountMethodPage {
  /** This page of the list. */
  items: Array<AccountMethod>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** Who caused an event. */
export type Actor = "merchant" | "shopper" | "psp" | "system" | "operator";

/** `country` is ISO 3166-1 alpha-2. */
export interface AddAddress {
  /** The name, as people write it. */
  name?: string | null;
  /** Street and number. */
  line1: string;
  /** What else the address needs. */
  line2?: string | null;
  /** The postal code. */
  postal_code?: string | null;
  /** The town. */
  city: string;
  /** State or province. */
  region?: string | null;
  /** ISO 3166-1 alpha-2. */
  country: Country;
}

/** An address of a shopper. It cannot be changed: add another. */
export interface Address {
  /** The key of an address of that shopper. */
  address_key: string;
  /** The shopper's key, from `POST /shoppers`. */
  shopper_key: string;
  /** The name, as people write it. */
  name: string | null;
  /** Street and number. */
  line1: string;
  /** What else the address needs. */
  line2: string | null;
  /** The postal code. */
  postal_code: string | null;
  /** The town. */
  city: string;
  /** State or province. */
  region: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** RFC 3339 in UTC. */
  created_at: string;
}

/** Approval of a payout by an operator. */
export type Approval = "WAITING" | "APPROVED" | "REFUSED";

/** One attempt to deliver a notification. */
export interface Attempt {
  /** RFC 3339 in UTC, ending in Z. */
  at: string;
  /** The HTTP status of the response. */
  status: number | null;
  /** Why there was no response. */
  error: string | null;
}

/** Which of several tenders the menu authorizes first. */
export type AuthorizationSequence = "limited_first" | "open_first";

/** A value before and after an event. */
export interface BeforeAfter {
  /** The value before. */
  before: unknown;
  /** The value afterwards. */
  after: unknown;
}

/** How much of a hold to release. */
export interface Cancel {
  /** In minor units: how much of the hold to release. All that is not captured, if you leave it out. */
  amount?: number | null;
}

/** How much of a hold to capture. */
export interface Capture {
  /** In minor units: how much to capture. All that is held, if you leave it out. */
  amount?: number | null;
  /** Whether it is the last capture: the rest of the hold is released. True, if it takes all. */
  final?: boolean | null;
  /** In minor units: the commission that you keep of it. */
  fee?: number | null;
}

/** A field's value before and after. */
export interface ChangedField {
  /** The value before; secrets are left out. */
  old: unknown;
  /** The value since; secrets are left out. */
  new: unknown;
}

/** What a shopper can choose, such as a bank. */
export interface Choice {
  /** Pass it as `instrument.token`. */
  token: string;
  /** As the shopper knows it. */
  name: string;
}

/** A PSP, and whether it is set up for you. */
export interface Connector {
  /** The name of the PSP's connector. */
  connector: string;
  /** The PSP's name. */
  title: string;
  /** New orders can be paid through it. */
  set_up: boolean;
  /** Whether it is test money or real. */
  mode: Mode | null;
  /** What it can do, by method. */
  methods: Array<ConnectorMethod>;
  /** The names of the credentials that `PUT /account/connectors/{connector}` takes. */
  credential_names: Array<string>;
  /** Credentials of which several values can be valid. */
  webhook_secrets: Array<string>;
  /** Enter it in your PSP's settings for webhooks. */
  notification_url: string | null;
  /** The credentials of the test mode, without their values. */
  test: ConnectorCredentials | null;
  /** The credentials of the live mode, without their values. */
  live: ConnectorCredentials | null;
  /** Increases with every change of the settings. */
  revision: number;
}

/** The credentials of one mode, without their values. */
export interface ConnectorCredentials {
  /** When the PSP accepted them; `null` if it was not asked. */
  checked_at: string | null;
  /** The values that are set, without what they are. */
  values: Array<CredentialValue>;
}

/** What a connector can do with a payment of this method. */
export interface ConnectorMethod {
  /** The payment method. */
  method: string;
  /** How the PSP learns what is paid with. */
  inputs: Array<string>;
  /** When it can be captured; empty if nothing is held. */
  capture: Array<"auto" | "manual">;
  /** How often a hold can be captured. `one`: a part can be captured, once; the rest is released. */
  captures: "none" | "whole" | "one" | "many";
  /** What can be released of a hold. `by_capture`: a part is released at the PSP when the rest is captured. */
  cancels: "none" | "whole" | "part" | "by_capture";
  /** Whether it can be refunded: never, in one piece, or in parts. */
  refunds: "none" | "whole" | "many";
  /** When the shopper leaves the menu: before the authorization, after it was requested, or never. */
  redirect: "none" | "before" | "after";
  /** Whether instruments can be saved. */
  saves_instruments: boolean;
  /** Whether it can be charged without the shopper present. */
  recurring: boolean;
  /** Empty: any. */
  brands: Array<string>;
  /** ISO 4217 codes. Not given or `null`: any. */
  currencies: Array<string> | null;
}

/** A page of a list, newest first. */
export interface ConnectorPage {
  /** This page of the list. */
  items: Array<Connector>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** Present only when it is safe to ship. */
export interface ConsideredSafe {
  /** The weakest level that a payment has reached. */
  level: SafeLevel;
  /** RFC 3339 in UTC. */
  since: string;
}

/** ISO 3166-1 alpha-2. */
export type Country = "AD" | "AE" | "AF" | "AG" | "AI" | "AL" | "AM" | "AO" | "AQ" | "AR" | "AS" | "AT" | "AU" | "AW" | "AX" | "AZ" | "BA" | "BB" | "BD" | "BE" | "BF" | "BG" | "BH" | "BI" | "BJ" | "BL" | "BM" | "BN" | "BO" | "BQ" | "BR" | "BS" | "BT" | "BV" | "BW" | "BY" | "BZ" | "CA" | "CC" | "CD" | "CF" | "CG" | "CH" | "CI" | "CK" | "CL" | "CM" | "CN" | "CO" | "CR" | "CU" | "CV" | "CW" | "CX" | "CY" | "CZ" | "DE" | "DJ" | "DK" | "DM" | "DO" | "DZ" | "EC" | "EE" | "EG" | "EH" | "ER" | "ES" | "ET" | "FI" | "FJ" | "FK" | "FM" | "FO" | "FR" | "GA" | "GB" | "GD" | "GE" | "GF" | "GG" | "GH" | "GI" | "GL" | "GM" | "GN" | "GP" | "GQ" | "GR" | "GS" | "GT" | "GU" | "GW" | "GY" | "HK" | "HM" | "HN" | "HR" | "HT" | "HU" | "ID" | "IE" | "IL" | "IM" | "IN" | "IO" | "IQ" | "IR" | "IS" | "IT" | "JE" | "JM" | "JO" | "JP" | "KE" | "KG" | "KH" | "KI" | "KM" | "KN" | "KP" | "KR" | "KW" | "KY" | "KZ" | "LA" | "LB" | "LC" | "LI" | "LK" | "LR" | "LS" | "LT" | "LU" | "LV" | "LY" | "MA" | "MC" | "MD" | "ME" | "MF" | "MG" | "MH" | "MK" | "ML" | "MM" | "MN" | "MO" | "MP" | "MQ" | "MR" | "MS" | "MT" | "MU" | "MV" | "MW" | "MX" | "MY" | "MZ" | "NA" | "NC" | "NE" | "NF" | "NG" | "NI" | "NL" | "NO" | "NP" | "NR" | "NU" | "NZ" | "OM" | "PA" | "PE" | "PF" | "PG" | "PH" | "PK" | "PL" | "PM" | "PN" | "PR" | "PS" | "PT" | "PW" | "PY" | "QA" | "RE" | "RO" | "RS" | "RU" | "RW" | "SA" | "SB" | "SC" | "SD" | "SE" | "SG" | "SH" | "SI" | "SJ" | "SK" | "SL" | "SM" | "SN" | "SO" | "SR" | "SS" | "ST" | "SV" | "SX" | "SY" | "SZ" | "TC" | "TD" | "TF" | "TG" | "TH" | "TJ" | "TK" | "TL" | "TM" | "TN" | "TO" | "TR" | "TT" | "TV" | "TW" | "TZ" | "UA" | "UG" | "UM" | "US" | "UY" | "UZ" | "VA" | "VC" | "VE" | "VG" | "VI" | "VN" | "VU" | "WF" | "WS" | "XK" | "YE" | "YT" | "ZA" | "ZM" | "ZW";

/**
 * An order that is paid by a link. `due_at`: until when, 90 days ahead at most; 14 days where it is not given.
 *
 * `due_on` instead: to the end of that day where you are (`time_zone` of your account).
 *
 * `send`: whether its e-mail goes out at once; not given, it does where this deployment sends e-mails.
 */
export interface CreateInvoice {
  /** Yours, 1 to 100 visible characters; each can be used once. */
  order_reference: string;
  /** In minor units of the currency: `12000` is 120.00 EUR, or 12000 JPY. */
  amount: number;
  /** ISO 4217. */
  currency: Currency;
  /** Who gets the e-mail. */
  customer: Recipient;
  /** RFC 3339 with an offset: the deadline for the payment, at most 90 days ahead. 14 days, if you leave it out. */
  due_at?: string | null;
  /** In place of `due_at`: to the end of that day where you are (`time_zone` of your account). */
  due_on?: string | null;
  /** Whether the e-mail goes out at once. It does where this deployment sends e-mails, if you leave it out. */
  send?: boolean | null;
  /**
   * `auto`: captured when it is authorized. `manual`: you capture, within seven days. `auto`, if you leave it
   * out.
   */
  capture?: "auto" | "manual";
  /** What the menu offers. All that apply, if you leave it out. */
  methods?: Array<Method> | null;
  /**
   * Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https, and
   * public.
   */
  return_urls?: ReturnUrls | null;
  /** What is paid for, shown to the shopper; up to 1,000 characters. */
  description?: string | null;
  /** The order's lines, 200 at most, shown to the shopper. */
  items?: Array<Item>;
  /** The shopper's language, a tag such as `en` or `de-AT`. */
  locale?: string | null;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata?: Record<string, unknown>;
  /** Full signed events of this order go there, beside your account's endpoints. Https, and public. */
  notification_url?: string | null;
  /** How many open tenders, such as cards, may pay the order, beside gift cards. `1`, if you leave it out. */
  max_open_tenders?: number;
}

/** An order asks a shopper to pay an amount. */
export interface CreateOrder {
  /** Yours, 1 to 100 visible characters; each can be used once. */
  order_reference: string;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. An order of `0` is paid at once. */
  amount: number;
  /** ISO 4217. */
  currency: Currency;
  /**
   * `auto`: captured when it is authorized. `manual`: you capture, within seven days. `manual`, if you leave it
   * out.
   */
  capture?: "auto" | "manual";
  /** What the menu offers. All that apply, if you leave it out. */
  methods?: Array<Method> | null;
  /**
   * Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https, and
   * public.
   */
  return_urls?: ReturnUrls | null;
  /** What is paid for, shown to the shopper; up to 1,000 characters. */
  description?: string | null;
  /** The order's lines, 200 at most, shown to the shopper. */
  items?: Array<Item>;
  /** Your data about the customer, up to 10,000 characters of JSON. It can be erased. */
  customer?: Record<string, unknown> | null;
  /** The shopper's key, from `POST /shoppers`. */
  shopper_key?: string | null;
  /** The key of an address of that shopper. */
  address_key?: string | null;
  /** The shopper's language, a tag such as `en` or `de-AT`. */
  locale?: string | null;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata?: Record<string, unknown>;
  /** Full signed events of this order go there, beside your account's endpoints. Https, and public. */
  notification_url?: string | null;
  /** The one vendor to whom the whole order belongs. */
  vendor_id?: string | null;
  /**
   * Whether the order is divided between vendors later: its payment is a technical one. `false`, if you leave it
   * out.
   */
  multi_vendor?: boolean;
  /**
   * When one of several tenders fails: `keep` the others, or `unwind` them (cancel or refund) at once. `keep`,
   * if you leave it out.
   */
  on_failed_tender?: "keep" | "unwind";
  /** What the shopper reads on the bank statement, 22 characters at most. */
  statement_descriptor?: string | null;
  /** How many open tenders, such as cards, may pay the order, beside gift cards. `1`, if you leave it out. */
  max_open_tenders?: number;
  /** Whether the menu may show the shopper's saved instruments. `false`, if you leave it out. */
  saved_instruments?: boolean;
  /**
   * Whether the shopper has signed in with you: saved instruments are then charged as any card is. `false`, if
   * you leave it out.
   */
  shopper_authenticated?: boolean;
  /** Minutes until the order ends by itself if it was not fully covered. `120`, if you leave it out. */
  expires_in_minutes?: number;
}

/**
 * Money to a person. The instrument's token is the PSP's, or ours of a saved one.
 *
 * `description` and `metadata` stay with the money, they are not erased: they must not name people.
 */
export interface CreatePayout {
  /** Yours, 1 to 100 visible characters; each can be used once. */
  payout_reference: string;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** ISO 4217. */
  currency: Currency;
  /** Where the money goes. */
  instrument: Instrument;
  /** The shopper's key, from `POST /shoppers`. */
  shopper_key?: string | null;
  /** What it is paid for, up to 1,000 characters. It must not name people: it stays with the financial records. */
  description?: string | null;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata?: Record<string, unknown>;
}

/** Give no more than you need; all of it is erased with the shopper. */
export interface CreateShopper {
  /** Yours, 1 to 100 visible characters. */
  shopper_reference?: string | null;
  /** The name, as people write it. */
  name?: string | null;
  /** An e-mail address. */
  email?: string | null;
  /** A telephone number. */
  phone?: string | null;
  /** The shopper's language, a tag such as `en` or `de-AT`. */
  locale?: string | null;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata?: Record<string, unknown>;
}

/** A value that is set, without what it is. */
export interface CredentialValue {
  /** For `revoke`. */
  value_id: string;
  /** Which credential it is. */
  name: string;
  /** The last four characters, if a browser may see the value. */
  hint: string | null;
  /** RFC 3339 in UTC. */
  set_at: string;
  /** The API client or the operator. */
  set_by: string;
  /** When a replaced webhook secret ends. */
  valid_until: string | null;
}

/** ISO 4217. */
export type Currency = "AED" | "AFN" | "ALL" | "AMD" | "ANG" | "AOA" | "ARS" | "AUD" | "AWG" | "AZN" | "BAM" | "BBD" | "BDT" | "BGN" | "BHD" | "BIF" | "BMD" | "BND" | "BOB" | "BRL" | "BSD" | "BTN" | "BWP" | "BYN" | "BZD" | "CAD" | "CDF" | "CHF" | "CLP" | "CNY" | "COP" | "CRC" | "CUP" | "CVE" | "CZK" | "DJF" | "DKK" | "DOP" | "DZD" | "EGP" | "ERN" | "ETB" | "EUR" | "FJD" | "FKP" | "GBP" | "GEL" | "GHS" | "GIP" | "GMD" | "GNF" | "GTQ" | "GYD" | "HKD" | "HNL" | "HTG" | "HUF" | "IDR" | "ILS" | "INR" | "IQD" | "IRR" | "ISK" | "JMD" | "JOD" | "JPY" | "KES" | "KGS" | "KHR" | "KMF" | "KPW" | "KRW" | "KWD" | "KYD" | "KZT" | "LAK" | "LBP" | "LKR" | "LRD" | "LSL" | "LYD" | "MAD" | "MDL" | "MGA" | "MKD" | "MMK" | "MNT" | "MOP" | "MRU" | "MUR" | "MVR" | "MWK" | "MXN" | "MYR" | "MZN" | "NAD" | "NGN" | "NIO" | "NOK" | "NPR" | "NZD" | "OMR" | "PAB" | "PEN" | "PGK" | "PHP" | "PKR" | "PLN" | "PYG" | "QAR" | "RON" | "RSD" | "RUB" | "RWF" | "SAR" | "SBD" | "SCR" | "SDG" | "SEK" | "SGD" | "SHP" | "SLE" | "SOS" | "SRD" | "SSP" | "STN" | "SVC" | "SYP" | "SZL" | "THB" | "TJS" | "TMT" | "TND" | "TOP" | "TRY" | "TTD" | "TWD" | "TZS" | "UAH" | "UGX" | "USD" | "UYU" | "UZS" | "VED" | "VES" | "VND" | "VUV" | "WST" | "XAF" | "XCD" | "XCG" | "XOF" | "XPF" | "YER" | "ZAR" | "ZMW" | "ZWG";

/** Who gets the e-mail. */
export interface Customer {
  /** The name, as people write it. */
  name: string | null;
  /** An e-mail address. */
  email: string;
}

/** Where the delivery of a notification stands. */
export type DeliveryStatus = "pending" | "delivered" | "stopped" | "dead";

/** A shopper's bank asks for captured money back. */
export interface Dispute {
  /** Identifies the dispute. */
  dispute_id: string;
  /** Identifies the payment. */
  payment_id: string;
  /** The order's key. It is no secret, and it opens nothing. */
  order_key: string;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** Where it stands. */
  status: DisputeStatus;
  /** As the PSP gives it. */
  reason: string;
  /** RFC 3339 in UTC: the deadline for your evidence; `null` if the PSP told none. */
  evidence_due_at: string | null;
  /** RFC 3339 in UTC. */
  opened_at: string;
}

/** A page of a list, newest first. */
export interface DisputePage {
  /** This page of the list. */
  items: Array<Dispute>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** `NEEDS_RESPONSE`: send evidence or accept before `evidence_due_at`. */
export type DisputeStatus = "NEEDS_RESPONSE" | "UNDER_REVIEW" | "WON" | "LOST" | "ACCEPTED";

/** A document that speaks for the merchant. Its content is Base64 (RFC 4648). */
export interface Document {
  /** The file's name. */
  name: string;
  /** The file's media type. */
  content_type: string;
  /** The file in Base64 (RFC 4648), up to 4,000,000 characters. */
  content_base64: string;
}

/** Where signed events go. */
export interface Endpoint {
  /** Where it goes. */
  url: string;
  /** Which events it gets: `order.updated` is all of them. */
  events: Array<string>;
  /** `stopped` after a 410, until you configure it again. */
  status: "active" | "stopped";
}

/** The body of a signed event. */
export interface Event {
  /** Every event has this type: filters decide which you get, and all have the whole order. */
  type: "order.updated";
  /** RFC 3339 in UTC: when the order changed. */
  timestamp: string;
  /** The order, as `GET /orders/{order_key}` answers it. */
  data: Order;
}

/** What is wrong with a field. */
export interface FieldError {
  /** JSON pointer (RFC 6901) to the field. */
  pointer: string;
  /** What the field takes, for humans; may change. */
  detail: string;
}

/** An event of an order. It has more fields, by its type. */
export interface HistoryEntry {
  /** The order's version after it. */
  version: number;
  /** RFC 3339 in UTC, ending in Z. */
  at: string;
  /** What happened. */
  type: string;
  /** Who caused it: `merchant`, `shopper`, `system`, `operator`, or `psp` for what the PSP did without a request. */
  actor: Actor;
  /** What caused it: a call, a notification of the PSP, a timer. */
  cause: string;
  /** The order's status before and after. */
  order_status: BeforeAfter;
  /** The payment that it is about. */
  payment_id?: string;
  /** The payment's status before and after. */
  payment_status?: BeforeAfter;
  /** The payment's amounts before and after, in minor units. */
  amounts?: BeforeAfter;
  /** The PSP's own reference; `null` until it is known. */
  psp_reference?: string | null;
  /** The operation that it is about. */
  operation_id?: string;
  /** What the PSP was asked to do. */
  operation?: string;
  /** The outcome of the operation. */
  status?: string;
  /** In minor units: of the order, payment or operation that it is about. */
  amount?: number;
  /** Why it failed. */
  reason_code?: string;
  /** Why, as it was given. */
  reason?: string;
  /** Why the system did it. */
  why?: string;
  /** In minor units: what was paid too much. */
  surplus?: number;
  /** The saved instrument that it is about. */
  token?: string;
  /** The operator. */
  by?: string;
  /** The bank's own reference of a transfer. */
  booking_id?: string;
}

/** A page of a list, newest first. */
export interface HistoryEntryPage {
  /** This page of the list. */
  items: Array<HistoryEntry>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
  /** Sentences that explain the present state. */
  why?: Array<string>;
}

/** The bank transfer that the shopper has to make. The reference identifies the payment on a bank statement. */
export interface Instructions {
  /** The account (ISO 13616). */
  iban: string;
  /** The account's holder. */
  holder: string;
  /** The creditor reference (ISO 11649) that the transfer has to name. */
  reference: string;
  /** RFC 3339 in UTC: the deadline for the transfer. */
  due_at: string;
  /** In minor units: what has arrived so far; the rest is expected by `due_at`. */
  received: number;
}

/** What to pay with: a token of the PSP, never a card number. */
export interface Instrument {
  /** A token of the PSP, or of a saved instrument; never a card number. */
  token: string;
}

/** PENDING: the PSP has not confirmed yet that it stored the instrument; it can pay once it is ACTIVE. */
export type InstrumentStatus = "PENDING" | "ACTIVE";

/** An order that is paid through a link. It also has the optional fields that were set on the order. */
export interface Invoice {
  /** Identifies the invoice. */
  invoice_id: string;
  /** The order's key. It is no secret, and it opens nothing. */
  order_key: string;
  /** Yours, 1 to 100 visible characters; each can be used once. */
  order_reference: string;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** The progress of the e-mail until somebody begins to pay, then the status of the order. */
  status: "DRAFT" | "SENDING" | "SENT" | "SEEN" | OrderStatus;
  /** Opens the payment menu for anyone who has the link. */
  payment_url: string;
  /** RFC 3339 in UTC: the deadline for the payment. */
  due_at: string;
  /** RFC 3339 in UTC: when the mail service accepted the last e-mail; `null` until then. */
  sent_at: string | null;
  /** How often the e-mail was sent. */
  times_sent: number;
  /** RFC 3339 in UTC: when the link was first opened; `null` until then. */
  seen_at: string | null;
  /** null after it was erased. */
  customer: Customer | null;
  /** What became of the amount, each in minor units. */
  amounts: OrderSums;
  /** `auto`: captured when it is authorized. `manual`: you capture, within seven days. */
  capture: "auto" | "manual";
  /** Whether it can be withdrawn: nobody has begun to pay. */
  withdrawable: boolean;
  /** Increases with every change: a higher version is newer. */
  version: number;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
  /** What you can do with it now. */
  allowed_operations: Array<"send" | "withdraw">;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata: Record<string, unknown>;
  /** Only when it is safe to ship. */
  considered_safe?: ConsideredSafe;
  /** What is paid for, shown to the shopper; up to 1,000 characters. */
  description?: string;
  /** The order's lines, 200 at most, shown to the shopper. */
  items?: Array<Record<string, unknown>>;
  /** The shopper's language, a tag such as `en` or `de-AT`. */
  locale?: string;
  /** Payment methods. */
  methods?: Array<Method>;
  /**
   * Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https, and
   * public.
   */
  return_urls?: Record<string, string>;
  /** Full signed events of this order go there, beside your account's endpoints. Https, and public. */
  notification_url?: string;
}

/**
 * A line of the order, shown on the menu. `amount` is the whole of the line, negative for a discount; where
 * every line has one, they add up to the order's amount. `kind` is `product` if it is not given.
 */
export interface Item {
  /** What it is, shown to the shopper. */
  name: string;
  /** What kind of line it is. `product`, if you leave it out. */
  kind?: "product" | "discount" | "shipping" | "tax" | "fee" | null;
  /** How many, a decimal number with up to six decimals. `1`, if you leave it out. */
  quantity?: number | number;
  /** What the quantity counts. */
  unit?: string | null;
  /**
   * In minor units: the whole line, negative for a discount. Where every line has one, they add up to the
   * order's amount.
   */
  amount?: number | null;
  /** In minor units: the price of one, as you wish to show it. */
  unit_amount?: number | null;
  /** Details of the line, shown to the shopper. */
  description?: string | null;
  /** Your stock-keeping unit. */
  sku?: string | null;
  /** Your own name of the line. */
  reference?: string | null;
  /** The vendor. A line's vendor is for your records. */
  vendor_id?: string | null;
}

/** An `event` is POSTed and signed, an `update` is the bare call of the update URL. */
export type Kind = "event" | "update";

/** Your pages that the menu leads to. */
export interface Links {
  /** URL of your terms, https; the menu leads there. */
  terms: string | null;
  /** URL of your privacy notice, https. */
  privacy: string | null;
  /** URL where shoppers reach you, https. */
  contact: string | null;
}

/** A payment method. */
export type Method = "bank_redirect" | "bank_transfer" | "card" | "cash_on_delivery" | "direct_debit" | "gift_card" | "invoice" | "wallet";

/** What can be done with a payment of this method. */
export interface MethodAbilities {
  /** How the PSP learns what is paid with. */
  inputs: Array<"token" | "fields" | "iban" | "hosted" | "none">;
  /** Empty if nothing is held. */
  capture: Array<"auto" | "manual">;
  /** How often a hold can be captured. `one`: a part can be captured, once; the rest is released. */
  captures: "none" | "whole" | "one" | "many";
  /** What can be released of a hold. `by_capture`: a part is released at the PSP when the rest is captured. */
  cancels: "none" | "whole" | "part" | "by_capture";
  /** Whether it can be refunded: never, in one piece, or in parts. */
  refunds: "none" | "whole" | "many";
  /** When the shopper leaves the menu: before the authorization, after it was requested, or never. */
  redirect: "none" | "before" | "after";
  /** The instrument can be saved. */
  saves: boolean;
  /** Whether it can be charged without the shopper present. */
  recurring: boolean;
  /** What a shopper can choose from, such as banks. */
  choices: Array<Choice>;
}

/** Which of a merchant's own accounts with a PSP is used. Live moves real money. */
export type Mode = "test" | "live";

/** A new key for signatures; its secret is shown once. */
export interface NewSignatureKey {
  /** The `keyid` of signatures with this key. */
  key_id: string;
  /** The key in base64; shown once. */
  secret: string;
}

/** A notification that was sent to you, with every attempt. */
export interface Notification {
  /** Identifies the notification. */
  id: string;
  /** `event`: a signed POST. `update`: a GET of your update URL. */
  kind: Kind;
  /** The type of the event. */
  type: "order.updated";
  /** The order's key. It is no secret, and it opens nothing. */
  order_key: string;
  /** The order's, as you gave it. */
  order_reference: string;
  /** The order's version that it tells of. */
  version: number;
  /** Where it goes. */
  url: string;
  /** `dead` after 72 hours of attempts, until it is resent; `stopped` after a 410. */
  status: DeliveryStatus;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC: when it is tried again; `null` if it is not. */
  next_attempt_at: string | null;
  /** Every attempt to deliver it, oldest first. */
  attempts: Array<Attempt>;
}

/** A page of a list, newest first. */
export interface NotificationPage {
  /** This page of the list. */
  items: Array<Notification>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** Where notifications go. */
export interface Notifications {
  /** Called as `GET {update_url}?id={order_reference}` when an order has changed. `null`: none. */
  update_url: string | null;
  /** Where signed events go. */
  endpoints: Array<Endpoint>;
  /** RFC 3339 in UTC: until when events are also signed with the replaced secret; `null` if none was replaced. */
  previous_secrets_sign_until: string | null;
  /** Only if you requested a new secret; shown once. */
  signing_secret?: string;
}

/** One request to the PSP, or what it did unasked. */
export interface Operation {
  /** Identifies the operation. */
  operation_id: string;
  /** What the PSP was asked to do. */
  type: OperationType;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** Its outcome. */
  status: OperationStatus;
  /**
   * Why it failed, one of CANCELLED_BY_PAYER, CANCELLED_BY_PAYER_AT_BANK, BANK_NOT_FOUND,
   * MANUAL_TRANSFER_REQUESTED, INSUFFICIENT_AMOUNT, AML_BLOCKED, REJECTED_BY_BANK, REFUSED, SUSPECTED_FRAUD,
   * EXPIRED_INSTRUMENT, PSP_ERROR, AUTHENTICATION_REQUIRED, CARD_LOST_OR_STOLEN, TRY_AGAIN_LATER, OTHER; `null`
   * if it did not.
   */
  reason_code: string | null;
  /** RFC 3339 in UTC. */
  requested_at: string;
  /** The PSP's own reference; `null` until it is known. */
  psp_reference: string | null;
  /** Who caused it. `psp`: the PSP did it without a request, such as in its back office. */
  origin: Actor;
  /** Only of a capture that releases the rest of the hold. */
  final?: boolean;
  /** In minor units, only where it has one: the commission kept. */
  fee?: number;
  /** Only of a refund with a reason, as you gave it. */
  reason?: string;
}

/** The outcome of one request to a PSP. `REVERSED`: it had succeeded and failed later. */
export type OperationStatus = "OBSERVED" | "REQUESTED" | "UNKNOWN" | "AWAITING_SHOPPER" | "PENDING" | "FAILED" | "SUCCEEDED" | "REVERSED";

/** What a PSP can be asked to do. */
export type OperationType = "authorize" | "capture" | "cancel" | "refund" | "close" | "reversal";

/** An order with its payments. */
export interface Order {
  /** The order's key. It is no secret, and it opens nothing. */
  order_key: string;
  /** Yours, 1 to 100 visible characters; each can be used once. */
  order_reference: string;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** Where it stands. */
  status: OrderStatus;
  /** Send the shopper's browser there. Whoever has the link may pay and cancel the order on the menu. */
  menu_url: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
  /** RFC 3339 in UTC: when the order ends by itself if it was not fully covered. */
  expires_at: string;
  /** Increases with every change: a higher version is newer. */
  version: number;
  /** Whether it can be withdrawn: nobody has begun to pay. */
  withdrawable: boolean;
  /** `auto`: captured when it is authorized. `manual`: you capture, within seven days. */
  capture: "auto" | "manual";
  /** What became of the amount, each in minor units. */
  amounts: OrderSums;
  /** What you can do with it now. */
  allowed_operations: Array<"withdraw" | "start" | "update" | "cancel" | "refund">;
  /** The order's payments, oldest first. Those of vendors are in a list of their own. */
  payments: Array<Payment>;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata: Record<string, unknown>;
  /** Your data about the customer, up to 10,000 characters of JSON. It can be erased. */
  customer?: Record<string, unknown>;
  /** RFC 3339 in UTC; only after personal data was erased. */
  personal_data_erased_at?: string;
  /** Whether it is test money or real. */
  mode?: Mode;
  /** Only when it is safe to ship. */
  considered_safe?: ConsideredSafe;
  /** What is paid for, shown to the shopper; up to 1,000 characters. */
  description?: string;
  /** The order's lines, 200 at most, shown to the shopper. */
  items?: Array<Record<string, unknown>>;
  /** The shopper's key, from `POST /shoppers`. */
  shopper_key?: string;
  /** The key of an address of that shopper. */
  address_key?: string;
  /** The shopper's language, a tag such as `en` or `de-AT`. */
  locale?: string;
  /** Payment methods. */
  methods?: Array<Method>;
  /**
   * Where the shopper's browser goes afterwards, with `order_key` and `order_reference` in the query. Https, and
   * public.
   */
  return_urls?: Record<string, string>;
  /** Full signed events of this order go there, beside your account's endpoints. Https, and public. */
  notification_url?: string;
  /** The vendor. A line's vendor is for your records. */
  vendor_id?: string;
  /** How many open tenders, such as cards, may pay the order, beside gift cards. */
  max_open_tenders?: number;
  /** Whether the menu may show the shopper's saved instruments. */
  saved_instruments?: boolean;
  /** Whether the shopper has signed in with you: saved instruments are then charged as any card is. */
  shopper_authenticated?: boolean;
  /** Whether the order is divided between vendors later: its payment is a technical one. */
  multi_vendor?: boolean;
}

/** A payment method, and whether it can pay this order now. */
export interface OrderMethod {
  /** The payment method. */
  method: Method;
  /** Whether the shopper can pay this order with it now. */
  applies: boolean;
  /** The name of the PSP's connector. */
  connector: string | null;
  /** Whether it has a balance, as a gift card has. */
  limited: boolean;
  /** Why it is not available. */
  reasons: Array<string>;
  /** As its connector declares; null without a connector. */
  can: MethodAbilities | null;
}

/** A page of a list, newest first. */
export interface OrderMethodPage {
  /** This page of the list. */
  items: Array<OrderMethod>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** A page of a list, newest first. */
export interface OrderPage {
  /** This page of the list. */
  items: Array<Order>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** A refund of one of the order's payments. */
export interface OrderRefund {
  /** The `operation_id` of the payment's operation. */
  refund_id: string;
  /** Identifies the payment. */
  payment_id: string;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** Its outcome. */
  status: OperationStatus;
  /** The order's key. It is no secret, and it opens nothing. */
  order_key: string;
  /** ISO 4217. */
  currency: string;
  /** As you gave it. */
  reason: string | null;
  /** As you gave it. */
  reason_code: RefundReason | null;
  /** Why the PSP refused it. */
  failure_code: string | null;
  /** Only for vendor payments. */
  vendor_id?: string;
  /** Who caused it. `psp`: the PSP did it without a request. */
  origin: Actor;
  /** RFC 3339 in UTC. */
  requested_at: string;
  /** RFC 3339 in UTC: when the PSP's success became known; `null` until then. */
  settled_at: string | null;
}

/** A page of a list, newest first. */
export interface OrderRefundPage {
  /** This page of the list. */
  items: Array<OrderRefund>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/**
 * What to do in each status:
 *
 * * `UNPAID`: wait; you can send the shopper to the menu again. The order expires at `expires_at`
 * * `PARTIALLY_PAID`: wait for the rest: a gift card covered part of the amount, or you raised it
 * * `AUTHORIZED`: ship if `considered_safe` is present, then capture before the hold ends; cancel the rest
 * * `PAID`: ship if `considered_safe` is present: a bank payment can still fail before it is booked
 * * `CANCELLED`: do not ship; create a new order if the shopper comes back
 * * `WITHDRAWN`: do not ship; create a new order if the shopper comes back
 * * `EXPIRED`: do not ship; create a new order if the shopper comes back
 * * `REFUNDED`: nothing: everything was refunded
 * * `MANUAL_INTERVENTION_NEEDED`: do not ship; your operator has been alerted
 */
export type OrderStatus = "UNPAID" | "PARTIALLY_PAID" | "AUTHORIZED" | "PAID" | "CANCELLED" | "WITHDRAWN" | "EXPIRED" | "REFUNDED" | "MANUAL_INTERVENTION_NEEDED";

/** What became of the order's amount, in minor units. */
export interface OrderSums {
  /** In minor units: what was authorized. */
  authorized: number;
  /** In minor units: what was captured. */
  captured: number;
  /** In minor units: what was released before it was captured. */
  cancelled: number;
  /** In minor units: what was given back. */
  refunded: number;
  /** In minor units: what is due and not covered. */
  open: number;
}

/** A saved instrument. */
export interface PaidWith {
  /** Start the next payment with it. */
  token: string;
  /** The brand of the card or wallet; `null` if there is none. */
  brand: string | null;
  /** The card's last four digits. */
  last4?: string | null;
}

/** A vendor's part of a split, and how far it is. */
export interface PartOfSplit {
  /** The vendor. A line's vendor is for your records. */
  vendor_id: string;
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** Yours for the vendor's part, 1 to 100 visible characters; each can be used once. */
  sub_order_reference: string;
  /** In minor units: the commission that you keep of it. */
  fee: number;
  /** Where the part stands. */
  status: string;
  /**
   * Why its payment failed; or why none was begun: `CLOSED` (the split has ended), `DUPLICATE_REFERENCE`, or the
   * code of the refusal in capitals, such as `AMOUNT_EXCEEDS_AVAILABLE`.
   */
  reason_code: string | null;
  /** Identifies the payment. */
  payment_id: string;
}

/** PAY. `fee`: the commission agreed on, which a capture keeps unless it says another. */
export interface PayVendor {
  /** The order's technical payment, which is divided. */
  technical_payment_id: string;
  /** The vendor. A line's vendor is for your records. */
  vendor_id: string;
  /** In minor units: the vendor's part. */
  amount: number;
  /** Yours for the vendor's part, 1 to 100 visible characters; each can be used once. */
  sub_order_reference: string;
  /** In minor units: the commission that you keep of it. `0`, if you leave it out. */
  fee?: number;
}

/** What to pay with: a token, ours or the PSP's; or an account that is debited, and its holder. */
export interface PayWith {
  /** A token of the PSP, or of a saved instrument; never a card number. */
  token?: string | null;
  /** The account (ISO 13616). */
  iban?: string | null;
  /** The account's holder. */
  holder?: string | null;
}

/** One attempt to pay (part of) an order with one method. */
export interface Payment {
  /** Identifies the payment. */
  payment_id: string;
  /** The order's key. It is no secret, and it opens nothing. */
  order_key: string;
  /** The payment method. */
  method: Method;
  /** The brand of the card or wallet; `null` if there is none. */
  brand: string | null;
  /** The name of the PSP's connector. */
  connector: string;
  /** `vendor`: a vendor's part of a `technical` payment. Any other is `single`. */
  kind: "single" | "technical" | "vendor";
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** Where it stands. */
  status: PaymentStatus;
  /** Whether an operation is at the PSP and its outcome is not known yet. */
  pending: boolean;
  /** Whether it has ended: nothing more will happen to it. */
  final: boolean;
  /** Whether it can be withdrawn: nobody has begun to pay. */
  withdrawable: boolean;
  /**
   * What became of the amount, each in minor units and gross: what is held is `authorized` - `captured` -
   * `cancelled`.
   */
  amounts: PaymentSums;
  /**
   * Why it failed, one of CANCELLED_BY_PAYER, CANCELLED_BY_PAYER_AT_BANK, BANK_NOT_FOUND,
   * MANUAL_TRANSFER_REQUESTED, INSUFFICIENT_AMOUNT, AML_BLOCKED, REJECTED_BY_BANK, REFUSED, SUSPECTED_FRAUD,
   * EXPIRED_INSTRUMENT, PSP_ERROR, AUTHENTICATION_REQUIRED, CARD_LOST_OR_STOLEN, TRY_AGAIN_LATER, OTHER; `null`
   * if it did not.
   */
  reason_code: string | null;
  /** The PSP's own reference; `null` until it is known. */
  psp_reference: string | null;
  /** What the PSP tells, by name. May be empty. */
  details: Record<string, string | boolean>;
  /** The payment's disputes, oldest first. */
  disputes: Array<Dispute>;
  /** RFC 3339 in UTC: when the hold ends by itself; `null` if nothing is held. */
  authorization_expires_at: string | null;
  /** What you can do with it now. */
  allowed_operations: Array<"capture" | "cancel" | "refund" | "withdraw" | "sync">;
  /** Every request to the PSP about it, and what the PSP did unasked, oldest first. */
  operations: Array<Operation>;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
  /** Send the shopper's browser there. Only while it has to go there. */
  redirect?: Redirect;
  /** Only if it is saved. */
  instrument?: PaidWith;
  /** Of the instrument, the same in all your payments with it. */
  fingerprint?: string;
  /** Only for recurring payments. */
  recurring?: Recurring;
  /** Whether it is test money or real. */
  mode?: Mode;
  /** Only while a bank transfer is expected. */
  instructions?: Instructions;
  /** Only for vendor payments. */
  vendor_id?: string;
  /** Only for vendor payments. */
  sub_order_reference?: string;
  /** Only for vendor payments: what it is part of. */
  technical_payment_id?: string;
  /** In minor units, only for vendor payments: the commission. */
  fee?: number;
  /** Only for vendor payments that a split made. */
  split_id?: string | null;
  /** In minor units, only of a technical payment: what vendors were given of it. */
  allotted?: number;
}

/** A page of a list, newest first. */
export interface PaymentPage {
  /** This page of the list. */
  items: Array<Payment>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/**
 * What to do in each status:
 *
 * * `CREATED`: send the shopper to `redirect.url`; after 30 minutes it is `EXPIRED`
 * * `SEEN`: wait: the shopper is on the page at `redirect.url`; after 30 minutes it is `EXPIRED`
 * * `PROCESSING`: wait, or query the PSP with `sync`. You cannot start another payment until the outcome is
 * known
 * * `AUTHORIZED`: capture or cancel before `authorization_expires_at`; a day before, a notification reminds you
 * * `PARTIALLY_CAPTURED`: capture or cancel the rest before `authorization_expires_at`
 * * `CAPTURED`: nothing; refund if goods are returned
 * * `MARKED`: nothing; the money arrives with the next settlement
 * * `SETTLED`: nothing; refund if goods are returned
 * * `PARTIALLY_REFUNDED`: nothing; refund if more goods are returned
 * * `REFUNDED`: final: nothing
 * * `CANCELLED`: final: nothing
 * * `CAPTURE_VOIDED`: the money did not arrive after all: stop the delivery, or ask for another payment
 * * `WITHDRAWN`: final: nothing
 * * `FAILED`: check `reason_code`; let the shopper try again, with another method if this one was declined.
 * After `AUTHORIZED` it means that the money did not arrive after all: stop the delivery
 * * `EXPIRED`: do not ship; start another payment if the order is still open
 * * `PROCESSING_EXPIRED`: do not ship; start another payment if the order is still open
 * * `CANCEL_FAILED`: try once more, or ask your operator
 * * `REFUND_FAILED`: try once more, or ask your operator
 */
export type PaymentStatus = "CREATED" | "SEEN" | "PROCESSING" | "AUTHORIZED" | "PARTIALLY_CAPTURED" | "CAPTURED" | "MARKED" | "SETTLED" | "PARTIALLY_REFUNDED" | "REFUNDED" | "CANCELLED" | "CAPTURE_VOIDED" | "WITHDRAWN" | "FAILED" | "EXPIRED" | "PROCESSING_EXPIRED" | "CANCEL_FAILED" | "REFUND_FAILED";

/** What became of the payment's amount, in minor units. */
export interface PaymentSums {
  /** In minor units: what was authorized. */
  authorized: number;
  /** In minor units: what was captured. */
  captured: number;
  /** In minor units: what was released before it was captured. */
  cancelled: number;
  /** In minor units: what was given back. */
  refunded: number;
  /** In minor units: what disputes have taken. A dispute that is won counts no more. */
  disputed: number;
}

/** Outgoing money, to a vendor or a person. */
export interface Payout {
  /** Identifies the payout. */
  payout_id: string;
  /** Where it stands. */
  status: PayoutStatus;
  /** Whether an operation is at the PSP and its outcome is not known yet. */
  pending: boolean;
  /** Minor units; negative while the vendor owes money. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** The name of the PSP's connector. */
  connector: string;
  /**
   * Why it failed, one of CANCELLED_BY_PAYER, CANCELLED_BY_PAYER_AT_BANK, BANK_NOT_FOUND,
   * MANUAL_TRANSFER_REQUESTED, INSUFFICIENT_AMOUNT, AML_BLOCKED, REJECTED_BY_BANK, REFUSED, SUSPECTED_FRAUD,
   * EXPIRED_INSTRUMENT, PSP_ERROR, AUTHENTICATION_REQUIRED, CARD_LOST_OR_STOLEN, TRY_AGAIN_LATER, OTHER; `null`
   * if it did not.
   */
  reason_code: string | null;
  /** The PSP's own reference; `null` until it is known. */
  psp_reference: string | null;
  /** How often the payout was requested from the PSP. */
  attempts: number;
  /** RFC 3339 in UTC: when the PSP paid it; `null` until then. */
  paid_at: string | null;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
  /** Only for payouts to vendors. */
  vendor_id?: string;
  /** Only for payouts to vendors: the balance is negative and nothing is paid. */
  held?: boolean;
  /** In minor units, only for payouts to vendors: the amount before the last run. */
  opening_balance?: number;
  /** How many ledger entries add up to it; only of a payout to a vendor. */
  entry_count?: number;
  /** Only of a payout to a person. */
  payout_reference?: string;
  /** Only of a payout to a person: by an operator, where one has to approve it. */
  approval?: Approval | null;
  /** Only of a payout to a person, as you gave it. */
  metadata?: Record<string, unknown>;
  /** Only of a payout to a person, as you gave it. */
  description?: string;
  /** Only of a payout to a person, as you gave it. */
  shopper_key?: string;
  /** Only of a payout to a vendor. */
  totals?: PayoutTotals;
}

/** A ledger entry of a payout to a vendor. */
export interface PayoutEntry {
  /** Identifies the entry. */
  entry_id: string;
  /** What moved. */
  kind: "capture" | "refund" | "refund_failed" | "reversal" | "adjustment" | "payout" | "payout_return";
  /** The order or sub-order reference, the payout, or the key of the adjustment. */
  reference: string;
  /** In minor units: what it adds to the vendor's balance; negative for deductions. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** RFC 3339 in UTC, ending in Z. */
  at: string;
  /** Only for adjustments: the operator who made it. */
  by?: string;
  /** Only for adjustments. */
  reason?: string;
}

/** A page of a list, newest first. */
export interface PayoutEntryPage {
  /** This page of the list. */
  items: Array<PayoutEntry>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** How much may be paid out to persons, in minor units. */
export interface PayoutLimit {
  /** ISO 4217. */
  currency: string;
  /** In minor units: the largest payout. */
  per_payout: number;
  /** In minor units, of a day of UTC. */
  per_day: number;
  /** In minor units: what can still be paid out today, a day of UTC. */
  left_today: number;
  /** In minor units: a payout of more waits for an operator. `null`: none does. */
  approval_above: number | null;
}

/** A page of a list, newest first. */
export interface PayoutPage {
  /** This page of the list. */
  items: Array<Payout>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** Where a payout stands. */
export type PayoutStatus = "OPEN" | "PROCESSING" | "PAID" | "FAILED" | "RETURNED";

/** amount = captured - fees - refunded + returned + adjusted. */
export interface PayoutTotals {
  /** In minor units: what was captured for the vendor. */
  captured: number;
  /** In minor units: negative if more fees were returned than charged. */
  fees: number;
  /** In minor units: negative if refunds failed that an earlier payout had deducted. */
  refunded: number;
  /** In minor units: what disputes took; negative for what they gave back. */
  disputed: number;
  /** In minor units: returned payouts that this one pays again. */
  returned: number;
  /** Adjustments by an operator; negative for deductions. */
  adjusted: number;
}

/** RFC 9457. `code` is stable; `detail` is for humans and may change. */
export interface Problem {
  /** A URL that leads to the code's section of the docs page. */
  type: string;
  /** What the status means, for humans. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** The stable name of the error. Go by it. */
  code: string;
  /** For humans; may change. */
  detail: string;
  /** Tell it to your operator if you ask about this answer. */
  request_id: string;
  /** Only if fields are invalid: which, and what they take. */
  errors?: Array<FieldError>;
}

/** Who gets the e-mail. */
export interface Recipient {
  /** The name, as people write it. */
  name?: string | null;
  /** An e-mail address. */
  email: string;
}

/** The payment's role in a recurring series: the first, or a later one without the shopper. */
export type Recurring = "INITIAL" | "REPEATED";

/** Where the shopper's browser has to go. */
export interface Redirect {
  /** Where the shopper's browser has to go. */
  url: string;
  /** How the browser goes there. With `POST`, the `parameters` are the form's fields. */
  http_method: "GET" | "POST";
  /** The fields of the form to send, if `http_method` is `POST`. */
  parameters: Record<string, string>;
}

/** How much to give back. */
export interface Refund {
  /** In minor units: how much to give back. All that is captured and not refunded, if you leave it out. */
  amount?: number | null;
  /** Why, for the records. It must not name people. */
  reason?: string | null;
  /** Why, as a word that PSPs know. */
  reason_code?: RefundReason | null;
}

/** Without `payments`, the payments captured last are refunded first. */
export interface RefundOrder {
  /** In minor units: how much to give back. All that is captured and not refunded, if you leave it out. */
  amount?: number | null;
  /** Why, for the records. It must not name people. */
  reason?: string | null;
  /** Why, as a word that PSPs know. */
  reason_code?: RefundReason | null;
  /** Which payments to refund. Those captured last come first, if you leave it out. */
  payments?: Array<RefundedTender> | null;
}

/** Why a merchant refunds. */
export type RefundReason = "REQUESTED_BY_CUSTOMER" | "GOODS_RETURNED" | "NOT_DELIVERED" | "DEFECTIVE" | "PRICE_ADJUSTMENT" | "DUPLICATE" | "FRAUDULENT" | "OTHER";

/** A payment to refund, and how much of it; all that is refundable of it where no amount is given. */
export interface RefundedTender {
  /** Identifies the payment. */
  payment_id: string;
  /** In minor units: how much of this payment to give back. All that can be, if you leave it out. */
  amount?: number | null;
}

/** What happens to the commission when a vendor's sale is refunded. */
export type RefundsCommission = "proportional" | "kept";

/** Where the shopper's browser goes after the payment. */
export interface ReturnUrls {
  /** Where the browser goes after it was paid. */
  success?: string | null;
  /**
   * Where the browser goes after the shopper cancelled, and after the refusal of a payment that was started by
   * API.
   */
  aborted?: string | null;
  /** Where the browser goes after an error. */
  error?: string | null;
}

/** All have to hold. A brand is known of a saved instrument, a country of an order with an address. */
export interface RouteCondition {
  /** ISO 4217 codes. Not given or `null`: any. */
  currencies?: Array<Currency> | null;
  /** Card brands in lower case. */
  brands?: Array<string> | null;
  /** ISO 3166-1 alpha-2 codes of the address of the order. */
  countries?: Array<string> | null;
  /** In minor units: the least amount of an order for which this route is used. */
  amount_from?: number | null;
  /** In minor units: the largest amount of an order for which this route is used. */
  amount_to?: number | null;
}

/** A line of the order: its vendor, its price, and the commission as a percentage. */
export interface RuleItem {
  /** The vendor. A line's vendor is for your records. */
  vendor_id: string;
  /** In minor units: the price of the line. */
  amount: number;
  /** In percent of the part, as text with up to six decimals: what you keep of it. `0`, if you leave it out. */
  commission?: number | string;
}

/** A vendor's percentage of the amount, and the commission as a percentage of that part. */
export interface RuleShare {
  /** The vendor. A line's vendor is for your records. */
  vendor_id: string;
  /** In percent of the amount, as text with up to six decimals. The shares add up to 100. */
  percent: number | string;
  /** In percent of the part, as text with up to six decimals: what you keep of it. `0`, if you leave it out. */
  commission?: number | string;
}

/** How sure it is that the merchant gets the money, weakest first. */
export type SafeLevel = "AUTHORIZED" | "CAPTURED" | "SETTLED";

/** `instrument.token` is the PSP's: never a card number. */
export interface SaveInstrument {
  /** The shopper's key, from `POST /shoppers`. */
  shopper_key: string;
  /** The payment method. */
  method: Method;
  /** What to save. */
  instrument: Instrument;
  /** Where the browser goes after this payment, in place of the order's `return_urls`. */
  return_url?: string | null;
}

/** An instrument that a shopper has saved. */
export interface SavedInstrument {
  /** Start payments with it. */
  token: string;
  /** The shopper's key, from `POST /shoppers`. */
  shopper_key: string;
  /** The payment method. */
  method: Method;
  /** The name of the PSP's connector. */
  connector: string;
  /** `PENDING` until the PSP has confirmed it. */
  status: InstrumentStatus;
  /** The brand of the card or wallet; `null` if there is none. */
  brand: string | null;
  /** The card's last four digits. */
  last4: string | null;
  /** Year and month. */
  expires: string | null;
  /** Whether it can be charged without the shopper present. */
  recurring: boolean;
  /** The same in all your payments with this instrument. */
  fingerprint?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** Send the shopper's browser there. Only while it has to go there. */
  redirect?: Redirect;
}

/** A page of a list, newest first. */
export interface SavedInstrumentPage {
  /** This page of the list. */
  items: Array<SavedInstrument>;
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  next_cursor: string | null;
}

/** What the shopper's bank is to read. The whole request is at most 4.5 MB. */
export interface SendEvidence {
  /** What the shopper's bank is to read, up to 20,000 characters. */
  text: string;
  /** Documents, ten at most; 4.5 MB in all. */
  files?: Array<Document>;
}

/**
 * Your own account with a PSP. Names that are not given keep their values; `null` credentials delete all of this
 * mode. `revoke` ends values at once. `use`: new orders are paid with this mode. `check`: the PSP has to accept
 * the credentials first.
 */
export interface SetConnector {
  /** Whether it is test money or real. */
  mode: "test" | "live";
  /** Values by name. Write-only. Names that are not given keep their values; `null` deletes all of this mode. */
  credentials?: Record<string, string> | null;
  /** The ids of credential values that end now. */
  revoke?: Array<string>;
  /** Whether new orders are paid with this mode. */
  use?: boolean | null;
  /**
   * Whether the PSP has to accept the credentials first, in a call that changes nothing. `true`, if you leave it
   * out.
   */
  check?: boolean;
}

/** Where signed events go. `order.updated` stands for all of them. */
export interface SetEndpoint {
  /** Where it goes. */
  url: string;
  /** Which events it gets: `order.updated` is all of them. `[order.updated]`, if you leave it out. */
  events?: Array<"order.updated" | "order.considered_safe" | "order.no_longer_safe" | "dispute.opened" | "dispute.closed" | "refund.settled" | "refund.failed" | "order.unpaid" | "order.partially_paid" | "order.authorized" | "order.paid" | "order.cancelled" | "order.withdrawn" | "order.expired" | "order.refunded" | "order.manual_intervention_needed">;
}

/** The shop's pages that the menu leads to, https. What is not given is shown no more. */
export interface SetLinks {
  /** URL of your terms, https; the menu leads there. */
  terms?: string | null;
  /** URL of your privacy notice, https. */
  privacy?: string | null;
  /** URL where shoppers reach you, https. */
  contact?: string | null;
}

/**
 * How a payment method is offered. What is not given is not restricted.
 *
 * `routes` are tried in their order; where none applies, `connector` is used. `failover`: if a PSP has certainly
 * not begun a payment, the next one is tried.
 */
export interface SetMethod {
  /** Whether orders can be paid with it. `true`, if you leave it out. */
  enabled?: boolean;
  /** The name of the PSP's connector. */
  connector?: string | null;
  /** Connectors, tried in their order. Where none applies, `connector` is used. */
  routes?: Array<SetRoute>;
  /** Whether the next route is tried if a PSP has certainly not begun a payment. `false`, if you leave it out. */
  failover?: boolean;
  /** Its place on the menu, from 1; equal ones are in the order of their names. `100`, if you leave it out. */
  position?: number;
  /** In minor units: the smallest order that can be paid with it; `null`: any. */
  min_amount?: number | null;
  /** In minor units: the largest order that can be paid with it; `null`: any. */
  max_amount?: number | null;
  /** ISO 4217 codes. Not given or `null`: any. */
  currencies?: Array<Currency> | null;
}

/**
 * What is not given stays as it is. Naming a URL again lifts a stop that it had asked for with 410.
 * `revoke_now`: a replaced secret signs no more.
 */
export interface SetNotifications {
  /** Called as `GET {update_url}?id={order_reference}` when an order has changed. `null`: none. */
  update_url?: string | null;
  /** Where signed events go. The list replaces the earlier one. */
  endpoints?: Array<SetEndpoint> | null;
  /** Makes a new signing secret. It is in the answer, this one time. `false`, if you leave it out. */
  rotate_secret?: boolean;
  /** Whether the replaced secret ends at once, in place of in 24 hours. `false`, if you leave it out. */
  revoke_now?: boolean;
}

/** A connector and when it is used. Weights share the traffic between the routes that apply and have one. */
export interface SetRoute {
  /** The name of the PSP's connector. */
  connector: string;
  /** Its share of the traffic, beside the weights of the other routes that apply. */
  weight?: number | null;
  /**
   * When it is used; all conditions have to hold. `{currencies: null, brands: null, countries: null,
   * amount_from: null, amount_to: null}`, if you leave it out.
   */
  when?: RouteCondition;
}

/** Keys that sign calls. `required` is taken of a call that is signed itself: it shows that you can. */
export interface SetSignatures {
  /** Whether unsigned calls are rejected. It can be set by a signed call only. */
  required?: boolean | null;
  /** Makes a new key. Its secret is in the answer, this one time. `false`, if you leave it out. */
  new_key?: boolean;
  /** The ids of keys that end now. */
  retire?: Array<string>;
}

/** Where the account's days begin and end: an IANA name. */
export interface SetTimeZone {
  /** IANA name: where your days begin and end. */
  time_zone: string;
}

/** A shopper. All of it is erased with the shopper. */
export interface Shopper {
  /** The shopper's key, from `POST /shoppers`. */
  shopper_key: string;
  /** Yours, 1 to 100 visible characters. */
  shopper_reference: string | null;
  /** The name, as people write it. */
  name: string | null;
  /** An e-mail address. */
  email: string | null;
  /** A telephone number. */
  phone: string | null;
  /** The shopper's language, a tag such as `en` or `de-AT`. */
  locale: string | null;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata: Record<string, unknown>;
  /** The shopper's addresses, oldest first. */
  addresses: Array<Address>;
  /** RFC 3339 in UTC. */
  created_at: string;
}

/** What a PSP may want to know of the shopper's browser, to judge fraud and to authenticate. It is not stored. */
export interface ShopperContext {
  /** The browser's address, IPv4 or IPv6. */
  ip?: string | null;
  /** The browser's `User-Agent` header. */
  user_agent?: string | null;
  /** The browser's `Accept` header. */
  accept?: string | null;
  /** The shopper's language, a tag such as `en` or `de-AT`. */
  locale?: string | null;
  /** The browser's offset from UTC, in minutes. */
  time_zone_offset?: number | null;
  /** The screen's width, in pixels. */
  screen_width?: number | null;
  /** The screen's height, in pixels. */
  screen_height?: number | null;
  /** The screen's colour depth, in bits. */
  colour_depth?: number | null;
}

/** A key that signs calls. */
export interface SignatureKey {
  /** The `keyid` of signatures with this key. */
  key_id: string;
  /** RFC 3339 in UTC. */
  created_at: string;
}

/** Whether calls have to be signed, and with which keys. */
export interface Signatures {
  /** Unsigned calls are rejected. */
  required: boolean;
  /** The keys that are valid now. */
  keys: Array<SignatureKey>;
  /** Only if you requested a new key. */
  new_key?: NewSignatureKey;
}

/** A payment divided between vendors, and how far it is. */
export interface Split {
  /** Identifies the split. */
  split_id: string;
  /** The order's key. It is no secret, and it opens nothing. */
  order_key: string;
  /** How far it is. */
  status: "RUNNING" | "SUCCEEDED" | "PARTIAL" | "CANCELLED" | "MANUAL_INTERVENTION_NEEDED";
  /** The order's technical payment, which is divided. */
  technical_payment_id: string;
  /** When a part fails: `partial` keeps the others, `cancel_all` cancels them. */
  on_failure: "partial" | "cancel_all";
  /** In minor units of the currency: `4999` is 49.99 EUR, or 4999 JPY. */
  amount: number;
  /** How many parts there are. */
  part_count: number;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
  /** How many parts have each status; only when you read the split. */
  counts?: Record<string, number>;
  /** Each part's status; only when you read the split. */
  parts?: Array<PartOfSplit>;
}

/** One vendor's part of a split, and the agreed commission. */
export interface SplitPart {
  /** The vendor. A line's vendor is for your records. */
  vendor_id: string;
  /** In minor units: the vendor's part. */
  amount: number;
  /** Yours for the vendor's part, 1 to 100 visible characters; each can be used once. */
  sub_order_reference: string;
  /** In minor units: the commission that you keep of it. `0`, if you leave it out. */
  fee?: number;
}

/** PAY for many vendors at once. `on_failure`: what succeeded stays, or all of it is cancelled. */
export interface SplitPayment {
  /** The order's technical payment, which is divided. */
  technical_payment_id: string;
  /** The vendors' parts, 10,000 at most. In place of `rule`. */
  parts?: Array<SplitPart> | null;
  /** How the parts are calculated. In place of `parts`. */
  rule?: SplitRule | null;
  /** When a part fails: `partial` keeps the others, `cancel_all` cancels them. `partial`, if you leave it out. */
  on_failure?: "partial" | "cancel_all";
}

/**
 * Divides `amount` exactly: by `shares` that add up to 100 percent, or in proportion to `items`.
 *
 * Each vendor gets one part; its sub-order reference is `sub_order_prefix`, a hyphen and the vendor's id.
 */
export interface SplitRule {
  /** In minor units: what is divided. */
  amount: number;
  /** The part's sub-order reference is this, a hyphen and the vendor's id. */
  sub_order_prefix: string;
  /** Percentages of the vendors, which add up to 100. In place of `items`. */
  shares?: Array<RuleShare> | null;
  /** Lines, in proportion to whose amounts it is divided. In place of `shares`. */
  items?: Array<RuleItem> | null;
}

/** How a payment begins. */
export interface StartPayment {
  /** The payment method. */
  method: Method;
  /** In minor units: how much of the order to pay with it. All that is open, if you leave it out. */
  amount?: number | null;
  /** What to pay with. Without it the shopper names it on the PSP's page. */
  instrument?: PayWith | null;
  /** Where the browser goes after this payment, in place of the order's `return_urls`. */
  return_url?: string | null;
  /** Whether to save the instrument for the order's shopper. `false`, if you leave it out. */
  save_instrument?: boolean;
  /**
   * With `save_instrument`: others will follow. With a saved instrument: the shopper is absent. `false`, if you
   * leave it out.
   */
  recurring?: boolean;
  /** What the PSP may want to know of the shopper's browser. It is not stored. */
  shopper_context?: ShopperContext | null;
}

/** Where your days begin and end. */
export interface TimeZone {
  /** IANA name: where your days begin and end. */
  time_zone: string;
}

/** A bearer token. */
export interface Token {
  /** Send it as `Authorization: Bearer ...` with every other call. */
  access_token: string;
  /** How it is sent. */
  token_type: "Bearer";
  /** Seconds until the token ends. */
  expires_in: number;
  /** Only if it lacks one of the default scopes. */
  scope?: string;
}

/** What to change; what is not given stays as it is. */
export interface UpdateOrder {
  /** In minor units: what is due from now on. It can be raised, or lowered to what is not yet covered. */
  amount?: number | null;
  /** The order's lines, 200 at most, shown to the shopper. */
  items?: Array<Item> | null;
  /**
   * Your own data, up to 10,000 characters of JSON. It must not name people: it stays with the financial
   * records.
   */
  metadata?: Record<string, unknown> | null;
}

/** A vendor of yours. */
export interface Vendor {
  /** The vendor. A line's vendor is for your records. */
  vendor_id: string;
  /** The vendor's name. */
  name: string;
  /** Whether it is suspended: nothing can be paid. */
  suspended: boolean;
}
