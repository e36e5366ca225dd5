// The calls of the API. Generated from the OpenAPI document by `python -m tools.docs`; do not edit.
import { Caller, type Options } from "./caller.js";
import type * as models from "./models.js";

/** Every call. */
export class Calls extends Caller {
  /**
   * Create an order.
   *
   * Returns the order's key and the URL of its payment menu, where you send the shopper. A reference can be used
   * once.
   */
  createOrder(body: models.CreateOrder, options: Options = {}): Promise<models.Order> {
    return this.call("POST", `/orders`, { body, ...options, repeatable: true });
  }

  /**
   * List orders.
   *
   * Newest first. With a filter on `status`, a page can have fewer items than `limit` and still be followed by
   * another.
   */
  listOrders(query: { order_reference?: string; status?: "UNPAID" | "PARTIALLY_PAID" | "AUTHORIZED" | "PAID" | "CANCELLED" | "WITHDRAWN" | "EXPIRED" | "REFUNDED" | "MANUAL_INTERVENTION_NEEDED"; created_from?: string; created_to?: string; limit?: number } = {}): AsyncGenerator<models.Order> {
    return this.pages("GET", `/orders`, { query });
  }

  /**
   * Read an order.
   *
   * The order with all its payments, the allowed operations, and `considered_safe` when you may ship. Poll with
   * `If-None-Match` and the ETag of an earlier response.
   */
  getOrder(orderKey: string): Promise<models.Order> {
    return this.call("GET", `/orders/${encodeURIComponent(orderKey)}`);
  }

  /**
   * Change an order.
   *
   * Raises the amount, or lowers it as far as it is not yet covered; replaces the lines and the metadata. Lines
   * that add up to the amount are changed together with it. If you raise the amount of a covered order, the
   * difference can be paid with another payment.
   */
  updateOrder(orderKey: string, body: models.UpdateOrder = {}, options: Options = {}): Promise<models.Order> {
    return this.call("PATCH", `/orders/${encodeURIComponent(orderKey)}`, { body, ...options, repeatable: true });
  }

  /**
   * Withdraw an order.
   *
   * Ends an order that nobody has begun to pay. Repeating the call is not an error.
   */
  withdrawOrder(orderKey: string, options: Options = {}): Promise<models.Order> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/withdraw`, { ...options, repeatable: true });
  }

  /**
   * Make a new menu link.
   *
   * The order has a new `menu_url`, and the old one ends at once: for a link that got into the wrong hands. A
   * payment that was started by the old link goes on; its return leads to your shop.
   */
  makeMenuLink(orderKey: string, options: Options = {}): Promise<models.Order> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/menu-link`, { ...options, repeatable: true });
  }

  /**
   * Cancel an order.
   *
   * Cancels authorization holds and refunds captures. Repeating the call is not an error.
   */
  cancelOrder(orderKey: string, options: Options = {}): Promise<models.Order> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/cancel`, { ...options, repeatable: true });
  }

  /**
   * Refund an order.
   *
   * Refunds the order's payments, most recently captured first. Without `amount`, refunds everything refundable.
   * With `payments`, refunds these, each its `amount` or all that is refundable of it.
   */
  refundOrder(orderKey: string, body: models.RefundOrder = {}, options: Options = {}): Promise<models.Order> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/refund`, { body, ...options, repeatable: true });
  }

  /**
   * List available methods.
   *
   * Every payment method, in your account's order, with the reasons if it is not available for this order now.
   */
  listOrderMethods(orderKey: string): AsyncGenerator<models.OrderMethod> {
    return this.pages("GET", `/orders/${encodeURIComponent(orderKey)}/methods`);
  }

  /**
   * List an order's refunds.
   *
   * Every refund of the order's payments and of its vendor payments, newest first: yours, and those that the PSP
   * made by itself.
   */
  listRefunds(orderKey: string, query: { limit?: number } = {}): AsyncGenerator<models.OrderRefund> {
    return this.pages("GET", `/orders/${encodeURIComponent(orderKey)}/refunds`, { query });
  }

  /**
   * Read an order's history.
   *
   * Every event, oldest first, with statuses and amounts before and after. A very long one has a second page.
   */
  getHistory(orderKey: string): AsyncGenerator<models.HistoryEntry> {
    return this.pages("GET", `/orders/${encodeURIComponent(orderKey)}/history`);
  }

  /**
   * Start a payment.
   *
   * Returns the payment, whatever its outcome: AUTHORIZED (or CAPTURED), FAILED with its reason, CREATED with a
   * `redirect` for the shopper, or PROCESSING while the outcome is unknown. Ends an earlier payment that is
   * still waiting for the shopper. An order can have at most 100 payments.
   */
  startPayment(orderKey: string, body: models.StartPayment, options: Options = {}): Promise<models.Payment> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/payments`, { body, ...options, repeatable: true });
  }

  /**
   * Read a payment of an order.
   *
   * The payment with its operations.
   */
  getPayment(orderKey: string, paymentId: string): Promise<models.Payment> {
    return this.call("GET", `/orders/${encodeURIComponent(orderKey)}/payments/${encodeURIComponent(paymentId)}`);
  }

  /**
   * Read a payment.
   *
   * The payment, found by its id alone.
   */
  getPaymentById(paymentId: string): Promise<models.Payment> {
    return this.call("GET", `/payments/${encodeURIComponent(paymentId)}`);
  }

  /**
   * List payments.
   *
   * Your payments, those of the newest orders first.
   */
  listPayments(query: { status?: "CREATED" | "SEEN" | "PROCESSING" | "AUTHORIZED" | "PARTIALLY_CAPTURED" | "CAPTURED" | "MARKED" | "SETTLED" | "PARTIALLY_REFUNDED" | "REFUNDED" | "CANCELLED" | "CAPTURE_VOIDED" | "WITHDRAWN" | "FAILED" | "EXPIRED" | "PROCESSING_EXPIRED" | "CANCEL_FAILED" | "REFUND_FAILED"; method?: models.Method; limit?: number } = {}): AsyncGenerator<models.Payment> {
    return this.pages("GET", `/payments`, { query });
  }

  /**
   * Capture a payment.
   *
   * Captures the authorized amount, in full or in parts. A final capture releases the rest of the hold. Where
   * the PSP captures only once, a part has to be final: say so with `final`.
   */
  capturePayment(orderKey: string, paymentId: string, body: models.Capture = {}, options: Options = {}): Promise<models.Payment> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/payments/${encodeURIComponent(paymentId)}/capture`, { body, ...options, repeatable: true });
  }

  /**
   * Cancel a payment.
   *
   * Releases the authorization hold, in full or in part.
   */
  cancelPayment(orderKey: string, paymentId: string, body: models.Cancel = {}, options: Options = {}): Promise<models.Payment> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/payments/${encodeURIComponent(paymentId)}/cancel`, { body, ...options, repeatable: true });
  }

  /**
   * Refund a payment.
   *
   * Refunds the captured amount, in full or in parts.
   */
  refundPayment(orderKey: string, paymentId: string, body: models.Refund = {}, options: Options = {}): Promise<models.Payment> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/payments/${encodeURIComponent(paymentId)}/refund`, { body, ...options, repeatable: true });
  }

  /**
   * Withdraw a payment.
   *
   * Ends a payment that the shopper has not taken up. The payment is closed at the PSP first, and the PSP's
   * response decides.
   */
  withdrawPayment(orderKey: string, paymentId: string, options: Options = {}): Promise<models.Payment> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/payments/${encodeURIComponent(paymentId)}/withdraw`, { ...options, repeatable: true });
  }

  /**
   * Ask the PSP.
   *
   * Queries the PSP now and returns the updated payment.
   */
  syncPayment(orderKey: string, paymentId: string, options: Options = {}): Promise<models.Payment> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/payments/${encodeURIComponent(paymentId)}/sync`, { ...options, repeatable: true });
  }

  /**
   * List disputes.
   *
   * Your disputes, the most recently opened first.
   */
  listDisputes(query: { status?: "NEEDS_RESPONSE" | "UNDER_REVIEW" | "WON" | "LOST" | "ACCEPTED"; limit?: number } = {}): AsyncGenerator<models.Dispute> {
    return this.pages("GET", `/disputes`, { query });
  }

  /**
   * Read a dispute.
   *
   * The dispute as the PSP last reported it.
   */
  getDispute(disputeId: string): Promise<models.Dispute> {
    return this.call("GET", `/disputes/${encodeURIComponent(disputeId)}`);
  }

  /**
   * Send evidence.
   *
   * Sends evidence to the PSP, which puts the dispute under review. Possible while the dispute is open. The
   * evidence is passed on and not stored.
   */
  sendEvidence(disputeId: string, body: models.SendEvidence, options: Options = {}): Promise<models.Dispute> {
    return this.call("POST", `/disputes/${encodeURIComponent(disputeId)}/evidence`, { body, ...options, repeatable: true });
  }

  /**
   * Accept a dispute.
   *
   * Gives up the disputed amount; the dispute is closed for good.
   */
  acceptDispute(disputeId: string, options: Options = {}): Promise<models.Dispute> {
    return this.call("POST", `/disputes/${encodeURIComponent(disputeId)}/accept`, { ...options, repeatable: true });
  }

  /**
   * Pay a vendor.
   *
   * PAY: allots part of the technical payment to a vendor, as a payment of its own. A sub-order reference can be
   * used once; repeating it creates nothing.
   */
  payVendor(orderKey: string, body: models.PayVendor, options: Options = {}): Promise<models.Payment> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/vendor-payments`, { body, ...options, repeatable: true });
  }

  /**
   * List vendor payments.
   *
   * The vendor payments of an order, newest first.
   */
  listVendorPayments(orderKey: string, query: { limit?: number } = {}): AsyncGenerator<models.Payment> {
    return this.pages("GET", `/orders/${encodeURIComponent(orderKey)}/vendor-payments`, { query });
  }

  /**
   * Split a payment between vendors.
   *
   * PAY for a list of vendors at once: pass `parts`, or a `rule` that calculates them from percentages or from
   * items, with commission. Returns immediately; a state machine pays the parts. If one fails, `on_failure`
   * determines whether the others are kept or cancelled.
   */
  splitPayment(orderKey: string, body: models.SplitPayment, options: Options = {}): Promise<models.Split> {
    return this.call("POST", `/orders/${encodeURIComponent(orderKey)}/split`, { body, ...options, repeatable: true });
  }

  /**
   * Read a split.
   *
   * Its progress, and the status of each part.
   */
  getSplit(orderKey: string, splitId: string): Promise<models.Split> {
    return this.call("GET", `/orders/${encodeURIComponent(orderKey)}/split/${encodeURIComponent(splitId)}`);
  }

  /**
   * Read a vendor's statement.
   *
   * A vendor's account in one currency as CSV, oldest first.
   */
  getStatement(vendorId: string, query: { currency: models.Currency; since?: string; until?: string }): Promise<string> {
    return this.text("GET", `/vendors/${encodeURIComponent(vendorId)}/statement`, { query });
  }

  /**
   * Create a shopper.
   *
   * Returns the shopper's key, which orders can refer to. Every field is optional: send only what you need.
   */
  createShopper(body: models.CreateShopper = {}, options: Options = {}): Promise<models.Shopper> {
    return this.call("POST", `/shoppers`, { body, ...options, repeatable: true });
  }

  /**
   * Read a shopper.
   *
   * The shopper with its addresses, oldest first. 404 after it was erased.
   */
  getShopper(shopperKey: string): Promise<models.Shopper> {
    return this.call("GET", `/shoppers/${encodeURIComponent(shopperKey)}`);
  }

  /**
   * Erase a shopper.
   *
   * Erases the shopper, its addresses and saved instruments, and the `customer` of its orders; financial records
   * are kept. The shopper is gone immediately, the rest within minutes. An active order keeps its customer data
   * until it is over. Repeating the call is not an error.
   */
  eraseShopper(shopperKey: string, options: Options = {}): Promise<void> {
    return this.call("DELETE", `/shoppers/${encodeURIComponent(shopperKey)}`, { ...options, repeatable: true });
  }

  /**
   * Add an address.
   *
   * Returns the address's key, which orders of this shopper can refer to. Addresses cannot be changed: add
   * another.
   */
  addAddress(shopperKey: string, body: models.AddAddress, options: Options = {}): Promise<models.Address> {
    return this.call("POST", `/shoppers/${encodeURIComponent(shopperKey)}/addresses`, { body, ...options, repeatable: true });
  }

  /**
   * Save an instrument.
   *
   * Saves an instrument of a shopper without a payment. `status` is PENDING until the PSP has answered. The
   * token can be charged once it is ACTIVE.
   */
  saveInstrument(body: models.SaveInstrument, options: Options = {}): Promise<models.SavedInstrument> {
    return this.call("POST", `/tokens`, { body, ...options, repeatable: true });
  }

  /**
   * List a shopper's instruments.
   *
   * The shopper's saved instruments, newest first. A card that was saved twice is there twice, with one
   * `fingerprint`.
   */
  listInstruments(shopperKey: string, query: { limit?: number } = {}): AsyncGenerator<models.SavedInstrument> {
    return this.pages("GET", `/shoppers/${encodeURIComponent(shopperKey)}/tokens`, { query });
  }

  /**
   * Delete an instrument.
   *
   * The instrument can no longer be charged. The deletion is repeated at the PSP until the PSP confirms it. 404
   * if it does not exist any more.
   */
  deleteInstrument(token: string, options: Options = {}): Promise<void> {
    return this.call("DELETE", `/tokens/${encodeURIComponent(token)}`, { ...options, repeatable: true });
  }

  /**
   * Create an invoice.
   *
   * Creates an order that can be paid through a link until `due_at`: at most 90 days ahead, 14 days by default.
   * The e-mail goes to the customer immediately, unless `send` is false or the deployment sends no e-mails.
   * Orders and invoices share their references; each can be used once. Methods that are paid after delivery
   * cannot pay an invoice.
   */
  createInvoice(body: models.CreateInvoice, options: Options = {}): Promise<models.Invoice> {
    return this.call("POST", `/invoices`, { body, ...options, repeatable: true });
  }

  /**
   * Read an invoice.
   *
   * Its progress: the e-mail, whether the link was opened, what was paid. The order lists the payments.
   */
  getInvoice(invoiceId: string): Promise<models.Invoice> {
    return this.call("GET", `/invoices/${encodeURIComponent(invoiceId)}`);
  }

  /**
   * Send an invoice again.
   *
   * Sends the e-mail to the customer, for the first time or again: at most once a minute and 20 times in total.
   */
  sendInvoice(invoiceId: string, options: Options = {}): Promise<models.Invoice> {
    return this.call("POST", `/invoices/${encodeURIComponent(invoiceId)}/send`, { ...options, repeatable: true });
  }

  /**
   * Withdraw an invoice.
   *
   * The link can no longer be used to pay. Possible until somebody has begun to pay; after that, cancel the
   * order.
   */
  withdrawInvoice(invoiceId: string, options: Options = {}): Promise<models.Invoice> {
    return this.call("POST", `/invoices/${encodeURIComponent(invoiceId)}/withdraw`, { ...options, repeatable: true });
  }

  /**
   * Pay out to a person.
   *
   * Returns the payout, whatever its outcome: `PAID`, `FAILED` with a `reason_code`, or `PROCESSING` while the
   * outcome is unknown. A reference can be used once. A payout beyond the account's limits is refused; one that
   * an operator must approve is `OPEN` until then.
   */
  createPayout(body: models.CreatePayout, options: Options = {}): Promise<models.Payout> {
    return this.call("POST", `/payouts`, { body, ...options, repeatable: true });
  }

  /**
   * List payouts to persons.
   *
   * Payouts to persons, newest first.
   */
  listPayouts(query: { limit?: number } = {}): AsyncGenerator<models.Payout> {
    return this.pages("GET", `/payouts`, { query });
  }

  /**
   * List a vendor's payouts.
   *
   * Paid and pending payouts to a vendor, newest first. `OPEN` is the amount that the next run will pay; it is
   * negative while the vendor owes money.
   */
  listVendorPayouts(vendorId: string, query: { limit?: number } = {}): AsyncGenerator<models.Payout> {
    return this.pages("GET", `/vendors/${encodeURIComponent(vendorId)}/payouts`, { query });
  }

  /**
   * Read a payout.
   *
   * A payout to a person or a vendor. A payout to a person is `OPEN` while it waits for an operator. It is
   * `PROCESSING` until the PSP reports the outcome, and `RETURNED` if the recipient's bank returned it after it
   * was paid.
   */
  getPayout(payoutId: string): Promise<models.Payout> {
    return this.call("GET", `/payouts/${encodeURIComponent(payoutId)}`);
  }

  /**
   * List a payout's entries.
   *
   * The ledger entries (captures, refunds, reversals) that add up to a vendor's payout, newest first.
   */
  listPayoutEntries(payoutId: string, query: { limit?: number } = {}): AsyncGenerator<models.PayoutEntry> {
    return this.pages("GET", `/payouts/${encodeURIComponent(payoutId)}/entries`, { query });
  }

  /**
   * List notifications.
   *
   * Notifications to orders' `notification_url`, your endpoints and your update URL, newest first.
   */
  listNotifications(query: { order_key?: string; status?: "pending" | "delivered" | "stopped" | "dead"; kind?: "event" | "update"; limit?: number } = {}): AsyncGenerator<models.Notification> {
    return this.pages("GET", `/notifications`, { query });
  }

  /**
   * Resend a notification.
   *
   * Sends it now, whatever its status, and retries for another 72 hours if it is not accepted.
   */
  resendNotification(id: string, options: Options = {}): Promise<models.Notification> {
    return this.call("POST", `/notifications/${encodeURIComponent(id)}/resend`, { ...options, repeatable: true });
  }

  /**
   * Read a day's bookkeeping.
   *
   * Every movement of money of a day of your time zone, oldest first: payments, captures, refunds, disputes,
   * settlements with fees, payouts. CSV with a header line, or JSON lines if you ask for `format=jsonl` or
   * prefer them in `Accept`. `Link` leads to the next page, if there is one. `Export-Status: closed`: the day is
   * over and will never change; `open`: this is what is known so far.
   */
  getExport(day: string, query: { format?: "csv" | "jsonl"; mode?: "live" | "test"; limit?: number; cursor?: string } = {}): Promise<string> {
    return this.text("GET", `/exports/${encodeURIComponent(day)}`, { query });
  }

  /**
   * Read your account.
   *
   * Your notification settings, signing keys, payment methods and vendors.
   */
  getAccount(): Promise<models.Account> {
    return this.call("GET", `/account`);
  }

  /**
   * Configure notifications.
   *
   * Sets the update URL and the endpoints with their event filters. Omitted fields keep their values.
   * `rotate_secret` creates a new signing secret; for 24 hours (not with `revoke_now`), events are signed with
   * both. A secret is shown once: a call that is repeated with its `Idempotency-Key` is answered without it.
   */
  setNotifications(body: models.SetNotifications = {}, options: Options = {}): Promise<models.Notifications> {
    return this.call("PUT", `/account/notifications`, { body, ...options, repeatable: true });
  }

  /**
   * Set your time zone.
   *
   * Where your days begin and end: due dates, statements and bookkeeping follow it, what clocks show on the menu
   * and in letters too. Takes effect within a minute. Instants in answers stay UTC.
   */
  setTimeZone(body: models.SetTimeZone, options: Options = {}): Promise<models.TimeZone> {
    return this.call("PUT", `/account/time-zone`, { body, ...options, repeatable: true });
  }

  /**
   * Set the links under the menu.
   *
   * Your terms, your privacy notice and where shoppers reach you. The menu shows those that you give, and leads
   * nowhere else. Takes effect within a minute.
   */
  setLinks(body: models.SetLinks = {}, options: Options = {}): Promise<models.Links> {
    return this.call("PUT", `/account/links`, { body, ...options, repeatable: true });
  }

  /**
   * Manage signing keys.
   *
   * `new_key` creates a key for signing your calls and returns its secret once, not to a repeated call; `retire`
   * removes keys. Several keys can be active during a rotation. With `required`, unsigned calls are rejected
   * within a minute; the call that sets it must be signed itself.
   */
  setSignatures(body: models.SetSignatures = {}, options: Options = {}): Promise<models.Signatures> {
    return this.call("PUT", `/account/signatures`, { body, ...options, repeatable: true });
  }

  /**
   * List changes of your account.
   *
   * Who changed what of your account, its vendors, clients, methods, limits, keys and connectors, newest first:
   * a client of yours by its id, or an operator. Secrets are never shown, only that they were changed. Entries
   * are never changed or deleted; there are none of changes before the history existed.
   */
  listAccountHistory(query: { limit?: number } = {}): AsyncGenerator<models.AccountChange> {
    return this.pages("GET", `/account/history`, { query });
  }

  /**
   * List your payment methods.
   *
   * Every payment method, whether you offer it and how.
   */
  listMethods(): AsyncGenerator<models.AccountMethod> {
    return this.pages("GET", `/account/methods`);
  }

  /**
   * Configure a payment method.
   *
   * Enables or disables the method and sets its position on the menu, its amounts and currencies, and its
   * connector. Takes effect within a minute.
   */
  setMethod(method: string, body: models.SetMethod = {}, options: Options = {}): Promise<models.AccountMethod> {
    return this.call("PUT", `/account/methods/${encodeURIComponent(method)}`, { body, ...options, repeatable: true });
  }

  /**
   * List the PSPs you can use.
   *
   * What each connector can do, whether it is set up, and the URL for your PSP's notifications. Credentials are
   * never returned: you see which are set, when and by whom.
   */
  listConnectors(): AsyncGenerator<models.Connector> {
    return this.pages("GET", `/account/connectors`);
  }

  /**
   * Connect your account with a PSP.
   *
   * Sets the credentials of your test or live account. The first call names all credentials; later ones may name
   * only what changes. The PSP is asked whether it accepts them, unless `check` is false. A new webhook secret
   * is valid next to the previous one for seven days; `revoke` ends a value at once. Live credentials are used
   * for new orders from then on; test ones only until you have live ones, or with `use`. Takes effect within a
   * minute.
   */
  setConnector(connector: string, body: models.SetConnector, options: Options = {}): Promise<models.Connector> {
    return this.call("PUT", `/account/connectors/${encodeURIComponent(connector)}`, { body, ...options, repeatable: true });
  }
}
