"""The calls of the API. Generated from the OpenAPI document by `python -m tools.docs`; do not edit."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Literal

from . import models
from .caller import AsyncCaller, Caller, segment


class Calls(Caller):
    """Every call; each waits for its answer."""

    def create_order(self, body: models.CreateOrder, *, idempotency_key: str | None = None) -> models.Order:
        """Create an order.

        Returns the order's key and the URL of its payment menu, where you send the shopper. A reference can
        be used once.
        """
        answer: models.Order = self._call(
            "POST", "/orders", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_orders(
        self,
        *,
        order_reference: str | None = None,
        status: Literal[
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
        | None = None,
        created_from: datetime | str | None = None,
        created_to: datetime | str | None = None,
        limit: int | None = None,
    ) -> Iterator[models.Order]:
        """List orders.

        Newest first. With a filter on `status`, a page can have fewer items than `limit` and still be
        followed by another.
        """
        answer: Iterator[models.Order] = self._pages(
            "GET",
            "/orders",
            query={
                "order_reference": order_reference,
                "status": status,
                "created_from": created_from,
                "created_to": created_to,
                "limit": limit,
            },
        )
        return answer

    def get_order(self, order_key: str) -> models.Order:
        """Read an order.

        The order with all its payments, the allowed operations, and `considered_safe` when you may ship. Poll
        with `If-None-Match` and the ETag of an earlier response.
        """
        answer: models.Order = self._call("GET", f"/orders/{segment(order_key)}")
        return answer

    def update_order(
        self,
        order_key: str,
        body: models.UpdateOrder | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Order:
        """Change an order.

        Raises the amount, or lowers it as far as it is not yet covered; replaces the lines and the metadata.
        Lines that add up to the amount are changed together with it. If you raise the amount of a covered
        order, the difference can be paid with another payment.
        """
        answer: models.Order = self._call(
            "PATCH",
            f"/orders/{segment(order_key)}",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def withdraw_order(
        self, order_key: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Order:
        """Withdraw an order.

        Ends an order that nobody has begun to pay. Repeating the call is not an error.
        """
        answer: models.Order = self._call(
            "POST",
            f"/orders/{segment(order_key)}/withdraw",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def make_menu_link(
        self, order_key: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Order:
        """Make a new menu link.

        The order has a new `menu_url`, and the old one ends at once: for a link that got into the wrong
        hands. A payment that was started by the old link goes on; its return leads to your shop.
        """
        answer: models.Order = self._call(
            "POST",
            f"/orders/{segment(order_key)}/menu-link",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def cancel_order(
        self, order_key: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Order:
        """Cancel an order.

        Cancels authorization holds and refunds captures. Repeating the call is not an error.
        """
        answer: models.Order = self._call(
            "POST",
            f"/orders/{segment(order_key)}/cancel",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def refund_order(
        self,
        order_key: str,
        body: models.RefundOrder | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Order:
        """Refund an order.

        Refunds the order's payments, most recently captured first. Without `amount`, refunds everything
        refundable. With `payments`, refunds these, each its `amount` or all that is refundable of it.
        """
        answer: models.Order = self._call(
            "POST",
            f"/orders/{segment(order_key)}/refund",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def list_order_methods(self, order_key: str) -> Iterator[models.OrderMethod]:
        """List available methods.

        Every payment method, in your account's order, with the reasons if it is not available for this order
        now.
        """
        answer: Iterator[models.OrderMethod] = self._pages("GET", f"/orders/{segment(order_key)}/methods")
        return answer

    def list_refunds(self, order_key: str, *, limit: int | None = None) -> Iterator[models.OrderRefund]:
        """List an order's refunds.

        Every refund of the order's payments and of its vendor payments, newest first: yours, and those that
        the PSP made by itself.
        """
        answer: Iterator[models.OrderRefund] = self._pages(
            "GET", f"/orders/{segment(order_key)}/refunds", query={"limit": limit}
        )
        return answer

    def get_history(self, order_key: str) -> Iterator[models.HistoryEntry]:
        """Read an order's history.

        Every event, oldest first, with statuses and amounts before and after. A very long one has a second
        page.
        """
        answer: Iterator[models.HistoryEntry] = self._pages("GET", f"/orders/{segment(order_key)}/history")
        return answer

    def start_payment(
        self,
        order_key: str,
        body: models.StartPayment,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Start a payment.

        Returns the payment, whatever its outcome: AUTHORIZED (or CAPTURED), FAILED with its reason, CREATED
        with a `redirect` for the shopper, or PROCESSING while the outcome is unknown. Ends an earlier payment
        that is still waiting for the shopper. An order can have at most 100 payments.
        """
        answer: models.Payment = self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def get_payment(self, order_key: str, payment_id: str) -> models.Payment:
        """Read a payment of an order.

        The payment with its operations.
        """
        answer: models.Payment = self._call("GET", f"/orders/{segment(order_key)}/payments/{segment(payment_id)}")
        return answer

    def get_payment_by_id(self, payment_id: str) -> models.Payment:
        """Read a payment.

        The payment, found by its id alone.
        """
        answer: models.Payment = self._call("GET", f"/payments/{segment(payment_id)}")
        return answer

    def list_payments(
        self,
        *,
        status: Literal[
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
        | None = None,
        method: models.Method | None = None,
        limit: int | None = None,
    ) -> Iterator[models.Payment]:
        """List payments.

        Your payments, those of the newest orders first.
        """
        answer: Iterator[models.Payment] = self._pages(
            "GET", "/payments", query={"status": status, "method": method, "limit": limit}
        )
        return answer

    def capture_payment(
        self,
        order_key: str,
        payment_id: str,
        body: models.Capture | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Capture a payment.

        Captures the authorized amount, in full or in parts. A final capture releases the rest of the hold.
        Where the PSP captures only once, a part has to be final: say so with `final`.
        """
        answer: models.Payment = self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/capture",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def cancel_payment(
        self,
        order_key: str,
        payment_id: str,
        body: models.Cancel | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Cancel a payment.

        Releases the authorization hold, in full or in part.
        """
        answer: models.Payment = self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/cancel",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def refund_payment(
        self,
        order_key: str,
        payment_id: str,
        body: models.Refund | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Refund a payment.

        Refunds the captured amount, in full or in parts.
        """
        answer: models.Payment = self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/refund",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def withdraw_payment(
        self, order_key: str, payment_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Payment:
        """Withdraw a payment.

        Ends a payment that the shopper has not taken up. The payment is closed at the PSP first, and the
        PSP's response decides.
        """
        answer: models.Payment = self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/withdraw",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def sync_payment(self, order_key: str, payment_id: str, *, idempotency_key: str | None = None) -> models.Payment:
        """Ask the PSP.

        Queries the PSP now and returns the updated payment.
        """
        answer: models.Payment = self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/sync",
            repeatable=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def list_disputes(
        self,
        *,
        status: Literal["NEEDS_RESPONSE", "UNDER_REVIEW", "WON", "LOST", "ACCEPTED"] | None = None,
        limit: int | None = None,
    ) -> Iterator[models.Dispute]:
        """List disputes.

        Your disputes, the most recently opened first.
        """
        answer: Iterator[models.Dispute] = self._pages("GET", "/disputes", query={"status": status, "limit": limit})
        return answer

    def get_dispute(self, dispute_id: str) -> models.Dispute:
        """Read a dispute.

        The dispute as the PSP last reported it.
        """
        answer: models.Dispute = self._call("GET", f"/disputes/{segment(dispute_id)}")
        return answer

    def send_evidence(
        self,
        dispute_id: str,
        body: models.SendEvidence,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Dispute:
        """Send evidence.

        Sends evidence to the PSP, which puts the dispute under review. Possible while the dispute is open.
        The evidence is passed on and not stored.
        """
        answer: models.Dispute = self._call(
            "POST",
            f"/disputes/{segment(dispute_id)}/evidence",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def accept_dispute(
        self, dispute_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Dispute:
        """Accept a dispute.

        Gives up the disputed amount; the dispute is closed for good.
        """
        answer: models.Dispute = self._call(
            "POST",
            f"/disputes/{segment(dispute_id)}/accept",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def pay_vendor(
        self, order_key: str, body: models.PayVendor, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Payment:
        """Pay a vendor.

        PAY: allots part of the technical payment to a vendor, as a payment of its own. A sub-order reference
        can be used once; repeating it creates nothing.
        """
        answer: models.Payment = self._call(
            "POST",
            f"/orders/{segment(order_key)}/vendor-payments",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def list_vendor_payments(self, order_key: str, *, limit: int | None = None) -> Iterator[models.Payment]:
        """List vendor payments.

        The vendor payments of an order, newest first.
        """
        answer: Iterator[models.Payment] = self._pages(
            "GET", f"/orders/{segment(order_key)}/vendor-payments", query={"limit": limit}
        )
        return answer

    def split_payment(
        self, order_key: str, body: models.SplitPayment, *, idempotency_key: str | None = None
    ) -> models.Split:
        """Split a payment between vendors.

        PAY for a list of vendors at once: pass `parts`, or a `rule` that calculates them from percentages or
        from items, with commission. Returns immediately; a state machine pays the parts. If one fails,
        `on_failure` determines whether the others are kept or cancelled.
        """
        answer: models.Split = self._call(
            "POST", f"/orders/{segment(order_key)}/split", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def get_split(self, order_key: str, split_id: str) -> models.Split:
        """Read a split.

        Its progress, and the status of each part.
        """
        answer: models.Split = self._call("GET", f"/orders/{segment(order_key)}/split/{segment(split_id)}")
        return answer

    def get_statement(
        self, vendor_id: str, *, currency: models.Currency, since: str | None = None, until: str | None = None
    ) -> str:
        """Read a vendor's statement.

        A vendor's account in one currency as CSV, oldest first.
        """
        answer: str = self._text(
            "GET",
            f"/vendors/{segment(vendor_id)}/statement",
            query={"currency": currency, "since": since, "until": until},
        )
        return answer

    def create_shopper(
        self, body: models.CreateShopper | None = None, *, idempotency_key: str | None = None
    ) -> models.Shopper:
        """Create a shopper.

        Returns the shopper's key, which orders can refer to. Every field is optional: send only what you
        need.
        """
        answer: models.Shopper = self._call(
            "POST", "/shoppers", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def get_shopper(self, shopper_key: str) -> models.Shopper:
        """Read a shopper.

        The shopper with its addresses, oldest first. 404 after it was erased.
        """
        answer: models.Shopper = self._call("GET", f"/shoppers/{segment(shopper_key)}")
        return answer

    def erase_shopper(self, shopper_key: str, *, idempotency_key: str | None = None) -> None:
        """Erase a shopper.

        Erases the shopper, its addresses and saved instruments, and the `customer` of its orders; financial
        records are kept. The shopper is gone immediately, the rest within minutes. An active order keeps its
        customer data until it is over. Repeating the call is not an error.
        """
        self._call("DELETE", f"/shoppers/{segment(shopper_key)}", repeatable=True, idempotency_key=idempotency_key)

    def add_address(
        self, shopper_key: str, body: models.AddAddress, *, idempotency_key: str | None = None
    ) -> models.Address:
        """Add an address.

        Returns the address's key, which orders of this shopper can refer to. Addresses cannot be changed: add
        another.
        """
        answer: models.Address = self._call(
            "POST",
            f"/shoppers/{segment(shopper_key)}/addresses",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def save_instrument(
        self, body: models.SaveInstrument, *, idempotency_key: str | None = None
    ) -> models.SavedInstrument:
        """Save an instrument.

        Saves an instrument of a shopper without a payment. `status` is PENDING until the PSP has answered.
        The token can be charged once it is ACTIVE.
        """
        answer: models.SavedInstrument = self._call(
            "POST", "/tokens", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_instruments(self, shopper_key: str, *, limit: int | None = None) -> Iterator[models.SavedInstrument]:
        """List a shopper's instruments.

        The shopper's saved instruments, newest first. A card that was saved twice is there twice, with one
        `fingerprint`.
        """
        answer: Iterator[models.SavedInstrument] = self._pages(
            "GET", f"/shoppers/{segment(shopper_key)}/tokens", query={"limit": limit}
        )
        return answer

    def delete_instrument(self, token: str, *, idempotency_key: str | None = None) -> None:
        """Delete an instrument.

        The instrument can no longer be charged. The deletion is repeated at the PSP until the PSP confirms
        it. 404 if it does not exist any more.
        """
        self._call("DELETE", f"/tokens/{segment(token)}", repeatable=True, idempotency_key=idempotency_key)

    def create_invoice(self, body: models.CreateInvoice, *, idempotency_key: str | None = None) -> models.Invoice:
        """Create an invoice.

        Creates an order that can be paid through a link until `due_at`: at most 90 days ahead, 14 days by
        default. The e-mail goes to the customer immediately, unless `send` is false or the deployment sends
        no e-mails. Orders and invoices share their references; each can be used once. Methods that are paid
        after delivery cannot pay an invoice.
        """
        answer: models.Invoice = self._call(
            "POST", "/invoices", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def get_invoice(self, invoice_id: str) -> models.Invoice:
        """Read an invoice.

        Its progress: the e-mail, whether the link was opened, what was paid. The order lists the payments.
        """
        answer: models.Invoice = self._call("GET", f"/invoices/{segment(invoice_id)}")
        return answer

    def send_invoice(
        self, invoice_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Invoice:
        """Send an invoice again.

        Sends the e-mail to the customer, for the first time or again: at most once a minute and 20 times in
        total.
        """
        answer: models.Invoice = self._call(
            "POST",
            f"/invoices/{segment(invoice_id)}/send",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def withdraw_invoice(
        self, invoice_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Invoice:
        """Withdraw an invoice.

        The link can no longer be used to pay. Possible until somebody has begun to pay; after that, cancel
        the order.
        """
        answer: models.Invoice = self._call(
            "POST",
            f"/invoices/{segment(invoice_id)}/withdraw",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def create_payout(self, body: models.CreatePayout, *, idempotency_key: str | None = None) -> models.Payout:
        """Pay out to a person.

        Returns the payout, whatever its outcome: `PAID`, `FAILED` with a `reason_code`, or `PROCESSING` while
        the outcome is unknown. A reference can be used once. A payout beyond the account's limits is refused;
        one that an operator must approve is `OPEN` until then.
        """
        answer: models.Payout = self._call(
            "POST", "/payouts", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_payouts(self, *, limit: int | None = None) -> Iterator[models.Payout]:
        """List payouts to persons.

        Payouts to persons, newest first.
        """
        answer: Iterator[models.Payout] = self._pages("GET", "/payouts", query={"limit": limit})
        return answer

    def list_vendor_payouts(self, vendor_id: str, *, limit: int | None = None) -> Iterator[models.Payout]:
        """List a vendor's payouts.

        Paid and pending payouts to a vendor, newest first. `OPEN` is the amount that the next run will pay;
        it is negative while the vendor owes money.
        """
        answer: Iterator[models.Payout] = self._pages(
            "GET", f"/vendors/{segment(vendor_id)}/payouts", query={"limit": limit}
        )
        return answer

    def get_payout(self, payout_id: str) -> models.Payout:
        """Read a payout.

        A payout to a person or a vendor. A payout to a person is `OPEN` while it waits for an operator. It is
        `PROCESSING` until the PSP reports the outcome, and `RETURNED` if the recipient's bank returned it
        after it was paid.
        """
        answer: models.Payout = self._call("GET", f"/payouts/{segment(payout_id)}")
        return answer

    def list_payout_entries(self, payout_id: str, *, limit: int | None = None) -> Iterator[models.PayoutEntry]:
        """List a payout's entries.

        The ledger entries (captures, refunds, reversals) that add up to a vendor's payout, newest first.
        """
        answer: Iterator[models.PayoutEntry] = self._pages(
            "GET", f"/payouts/{segment(payout_id)}/entries", query={"limit": limit}
        )
        return answer

    def list_notifications(
        self,
        *,
        order_key: str | None = None,
        status: Literal["pending", "delivered", "stopped", "dead"] | None = None,
        kind: Literal["event", "update"] | None = None,
        limit: int | None = None,
    ) -> Iterator[models.Notification]:
        """List notifications.

        Notifications to orders' `notification_url`, your endpoints and your update URL, newest first.
        """
        answer: Iterator[models.Notification] = self._pages(
            "GET", "/notifications", query={"order_key": order_key, "status": status, "kind": kind, "limit": limit}
        )
        return answer

    def resend_notification(self, id: str, *, idempotency_key: str | None = None) -> models.Notification:
        """Resend a notification.

        Sends it now, whatever its status, and retries for another 72 hours if it is not accepted.
        """
        answer: models.Notification = self._call(
            "POST", f"/notifications/{segment(id)}/resend", repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def get_export(
        self,
        day: str,
        *,
        format: Literal["csv", "jsonl"] | None = None,
        mode: Literal["live", "test"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> str:
        """Read a day's bookkeeping.

        Every movement of money of a day of your time zone, oldest first: payments, captures, refunds,
        disputes, settlements with fees, payouts. CSV with a header line, or JSON lines if you ask for
        `format=jsonl` or prefer them in `Accept`. `Link` leads to the next page, if there is one. `Export-
        Status: closed`: the day is over and will never change; `open`: this is what is known so far.
        """
        answer: str = self._text(
            "GET", f"/exports/{segment(day)}", query={"format": format, "mode": mode, "limit": limit, "cursor": cursor}
        )
        return answer

    def get_account(self) -> models.Account:
        """Read your account.

        Your notification settings, signing keys, payment methods and vendors.
        """
        answer: models.Account = self._call("GET", "/account")
        return answer

    def set_notifications(
        self, body: models.SetNotifications | None = None, *, idempotency_key: str | None = None
    ) -> models.Notifications:
        """Configure notifications.

        Sets the update URL and the endpoints with their event filters. Omitted fields keep their values.
        `rotate_secret` creates a new signing secret; for 24 hours (not with `revoke_now`), events are signed
        with both. A secret is shown once: a call that is repeated with its `Idempotency-Key` is answered
        without it.
        """
        answer: models.Notifications = self._call(
            "PUT", "/account/notifications", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def set_time_zone(self, body: models.SetTimeZone, *, idempotency_key: str | None = None) -> models.TimeZone:
        """Set your time zone.

        Where your days begin and end: due dates, statements and bookkeeping follow it, what clocks show on
        the menu and in letters too. Takes effect within a minute. Instants in answers stay UTC.
        """
        answer: models.TimeZone = self._call(
            "PUT", "/account/time-zone", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def set_links(self, body: models.SetLinks | None = None, *, idempotency_key: str | None = None) -> models.Links:
        """Set the links under the menu.

        Your terms, your privacy notice and where shoppers reach you. The menu shows those that you give, and
        leads nowhere else. Takes effect within a minute.
        """
        answer: models.Links = self._call(
            "PUT", "/account/links", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def set_signatures(
        self, body: models.SetSignatures | None = None, *, idempotency_key: str | None = None
    ) -> models.Signatures:
        """Manage signing keys.

        `new_key` creates a key for signing your calls and returns its secret once, not to a repeated call;
        `retire` removes keys. Several keys can be active during a rotation. With `required`, unsigned calls
        are rejected within a minute; the call that sets it must be signed itself.
        """
        answer: models.Signatures = self._call(
            "PUT", "/account/signatures", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_account_history(self, *, limit: int | None = None) -> Iterator[models.AccountChange]:
        """List changes of your account.

        Who changed what of your account, its vendors, clients, methods, limits, keys and connectors, newest
        first: a client of yours by its id, or an operator. Secrets are never shown, only that they were
        changed. Entries are never changed or deleted; there are none of changes before the history existed.
        """
        answer: Iterator[models.AccountChange] = self._pages("GET", "/account/history", query={"limit": limit})
        return answer

    def list_methods(self) -> Iterator[models.AccountMethod]:
        """List your payment methods.

        Every payment method, whether you offer it and how.
        """
        answer: Iterator[models.AccountMethod] = self._pages("GET", "/account/methods")
        return answer

    def set_method(
        self, method: str, body: models.SetMethod | None = None, *, idempotency_key: str | None = None
    ) -> models.AccountMethod:
        """Configure a payment method.

        Enables or disables the method and sets its position on the menu, its amounts and currencies, and its
        connector. Takes effect within a minute.
        """
        answer: models.AccountMethod = self._call(
            "PUT", f"/account/methods/{segment(method)}", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_connectors(self) -> Iterator[models.Connector]:
        """List the PSPs you can use.

        What each connector can do, whether it is set up, and the URL for your PSP's notifications.
        Credentials are never returned: you see which are set, when and by whom.
        """
        answer: Iterator[models.Connector] = self._pages("GET", "/account/connectors")
        return answer

    def set_connector(
        self, connector: str, body: models.SetConnector, *, idempotency_key: str | None = None
    ) -> models.Connector:
        """Connect your account with a PSP.

        Sets the credentials of your test or live account. The first call names all credentials; later ones
        may name only what changes. The PSP is asked whether it accepts them, unless `check` is false. A new
        webhook secret is valid next to the previous one for seven days; `revoke` ends a value at once. Live
        credentials are used for new orders from then on; test ones only until you have live ones, or with
        `use`. Takes effect within a minute.
        """
        answer: models.Connector = self._call(
            "PUT",
            f"/account/connectors/{segment(connector)}",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
        )
        return answer


class AsyncCalls(AsyncCaller):
    """Every call, to be awaited."""

    async def create_order(self, body: models.CreateOrder, *, idempotency_key: str | None = None) -> models.Order:
        """Create an order.

        Returns the order's key and the URL of its payment menu, where you send the shopper. A reference can
        be used once.
        """
        answer: models.Order = await self._call(
            "POST", "/orders", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_orders(
        self,
        *,
        order_reference: str | None = None,
        status: Literal[
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
        | None = None,
        created_from: datetime | str | None = None,
        created_to: datetime | str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[models.Order]:
        """List orders.

        Newest first. With a filter on `status`, a page can have fewer items than `limit` and still be
        followed by another.
        """
        answer: AsyncIterator[models.Order] = self._pages(
            "GET",
            "/orders",
            query={
                "order_reference": order_reference,
                "status": status,
                "created_from": created_from,
                "created_to": created_to,
                "limit": limit,
            },
        )
        return answer

    async def get_order(self, order_key: str) -> models.Order:
        """Read an order.

        The order with all its payments, the allowed operations, and `considered_safe` when you may ship. Poll
        with `If-None-Match` and the ETag of an earlier response.
        """
        answer: models.Order = await self._call("GET", f"/orders/{segment(order_key)}")
        return answer

    async def update_order(
        self,
        order_key: str,
        body: models.UpdateOrder | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Order:
        """Change an order.

        Raises the amount, or lowers it as far as it is not yet covered; replaces the lines and the metadata.
        Lines that add up to the amount are changed together with it. If you raise the amount of a covered
        order, the difference can be paid with another payment.
        """
        answer: models.Order = await self._call(
            "PATCH",
            f"/orders/{segment(order_key)}",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def withdraw_order(
        self, order_key: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Order:
        """Withdraw an order.

        Ends an order that nobody has begun to pay. Repeating the call is not an error.
        """
        answer: models.Order = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/withdraw",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def make_menu_link(
        self, order_key: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Order:
        """Make a new menu link.

        The order has a new `menu_url`, and the old one ends at once: for a link that got into the wrong
        hands. A payment that was started by the old link goes on; its return leads to your shop.
        """
        answer: models.Order = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/menu-link",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def cancel_order(
        self, order_key: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Order:
        """Cancel an order.

        Cancels authorization holds and refunds captures. Repeating the call is not an error.
        """
        answer: models.Order = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/cancel",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def refund_order(
        self,
        order_key: str,
        body: models.RefundOrder | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Order:
        """Refund an order.

        Refunds the order's payments, most recently captured first. Without `amount`, refunds everything
        refundable. With `payments`, refunds these, each its `amount` or all that is refundable of it.
        """
        answer: models.Order = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/refund",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def list_order_methods(self, order_key: str) -> AsyncIterator[models.OrderMethod]:
        """List available methods.

        Every payment method, in your account's order, with the reasons if it is not available for this order
        now.
        """
        answer: AsyncIterator[models.OrderMethod] = self._pages("GET", f"/orders/{segment(order_key)}/methods")
        return answer

    def list_refunds(self, order_key: str, *, limit: int | None = None) -> AsyncIterator[models.OrderRefund]:
        """List an order's refunds.

        Every refund of the order's payments and of its vendor payments, newest first: yours, and those that
        the PSP made by itself.
        """
        answer: AsyncIterator[models.OrderRefund] = self._pages(
            "GET", f"/orders/{segment(order_key)}/refunds", query={"limit": limit}
        )
        return answer

    def get_history(self, order_key: str) -> AsyncIterator[models.HistoryEntry]:
        """Read an order's history.

        Every event, oldest first, with statuses and amounts before and after. A very long one has a second
        page.
        """
        answer: AsyncIterator[models.HistoryEntry] = self._pages("GET", f"/orders/{segment(order_key)}/history")
        return answer

    async def start_payment(
        self,
        order_key: str,
        body: models.StartPayment,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Start a payment.

        Returns the payment, whatever its outcome: AUTHORIZED (or CAPTURED), FAILED with its reason, CREATED
        with a `redirect` for the shopper, or PROCESSING while the outcome is unknown. Ends an earlier payment
        that is still waiting for the shopper. An order can have at most 100 payments.
        """
        answer: models.Payment = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def get_payment(self, order_key: str, payment_id: str) -> models.Payment:
        """Read a payment of an order.

        The payment with its operations.
        """
        answer: models.Payment = await self._call("GET", f"/orders/{segment(order_key)}/payments/{segment(payment_id)}")
        return answer

    async def get_payment_by_id(self, payment_id: str) -> models.Payment:
        """Read a payment.

        The payment, found by its id alone.
        """
        answer: models.Payment = await self._call("GET", f"/payments/{segment(payment_id)}")
        return answer

    def list_payments(
        self,
        *,
        status: Literal[
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
        | None = None,
        method: models.Method | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[models.Payment]:
        """List payments.

        Your payments, those of the newest orders first.
        """
        answer: AsyncIterator[models.Payment] = self._pages(
            "GET", "/payments", query={"status": status, "method": method, "limit": limit}
        )
        return answer

    async def capture_payment(
        self,
        order_key: str,
        payment_id: str,
        body: models.Capture | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Capture a payment.

        Captures the authorized amount, in full or in parts. A final capture releases the rest of the hold.
        Where the PSP captures only once, a part has to be final: say so with `final`.
        """
        answer: models.Payment = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/capture",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def cancel_payment(
        self,
        order_key: str,
        payment_id: str,
        body: models.Cancel | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Cancel a payment.

        Releases the authorization hold, in full or in part.
        """
        answer: models.Payment = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/cancel",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def refund_payment(
        self,
        order_key: str,
        payment_id: str,
        body: models.Refund | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Payment:
        """Refund a payment.

        Refunds the captured amount, in full or in parts.
        """
        answer: models.Payment = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/refund",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def withdraw_payment(
        self, order_key: str, payment_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Payment:
        """Withdraw a payment.

        Ends a payment that the shopper has not taken up. The payment is closed at the PSP first, and the
        PSP's response decides.
        """
        answer: models.Payment = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/withdraw",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def sync_payment(
        self, order_key: str, payment_id: str, *, idempotency_key: str | None = None
    ) -> models.Payment:
        """Ask the PSP.

        Queries the PSP now and returns the updated payment.
        """
        answer: models.Payment = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/payments/{segment(payment_id)}/sync",
            repeatable=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def list_disputes(
        self,
        *,
        status: Literal["NEEDS_RESPONSE", "UNDER_REVIEW", "WON", "LOST", "ACCEPTED"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[models.Dispute]:
        """List disputes.

        Your disputes, the most recently opened first.
        """
        answer: AsyncIterator[models.Dispute] = self._pages(
            "GET", "/disputes", query={"status": status, "limit": limit}
        )
        return answer

    async def get_dispute(self, dispute_id: str) -> models.Dispute:
        """Read a dispute.

        The dispute as the PSP last reported it.
        """
        answer: models.Dispute = await self._call("GET", f"/disputes/{segment(dispute_id)}")
        return answer

    async def send_evidence(
        self,
        dispute_id: str,
        body: models.SendEvidence,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> models.Dispute:
        """Send evidence.

        Sends evidence to the PSP, which puts the dispute under review. Possible while the dispute is open.
        The evidence is passed on and not stored.
        """
        answer: models.Dispute = await self._call(
            "POST",
            f"/disputes/{segment(dispute_id)}/evidence",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def accept_dispute(
        self, dispute_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Dispute:
        """Accept a dispute.

        Gives up the disputed amount; the dispute is closed for good.
        """
        answer: models.Dispute = await self._call(
            "POST",
            f"/disputes/{segment(dispute_id)}/accept",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def pay_vendor(
        self, order_key: str, body: models.PayVendor, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Payment:
        """Pay a vendor.

        PAY: allots part of the technical payment to a vendor, as a payment of its own. A sub-order reference
        can be used once; repeating it creates nothing.
        """
        answer: models.Payment = await self._call(
            "POST",
            f"/orders/{segment(order_key)}/vendor-payments",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    def list_vendor_payments(self, order_key: str, *, limit: int | None = None) -> AsyncIterator[models.Payment]:
        """List vendor payments.

        The vendor payments of an order, newest first.
        """
        answer: AsyncIterator[models.Payment] = self._pages(
            "GET", f"/orders/{segment(order_key)}/vendor-payments", query={"limit": limit}
        )
        return answer

    async def split_payment(
        self, order_key: str, body: models.SplitPayment, *, idempotency_key: str | None = None
    ) -> models.Split:
        """Split a payment between vendors.

        PAY for a list of vendors at once: pass `parts`, or a `rule` that calculates them from percentages or
        from items, with commission. Returns immediately; a state machine pays the parts. If one fails,
        `on_failure` determines whether the others are kept or cancelled.
        """
        answer: models.Split = await self._call(
            "POST", f"/orders/{segment(order_key)}/split", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    async def get_split(self, order_key: str, split_id: str) -> models.Split:
        """Read a split.

        Its progress, and the status of each part.
        """
        answer: models.Split = await self._call("GET", f"/orders/{segment(order_key)}/split/{segment(split_id)}")
        return answer

    async def get_statement(
        self, vendor_id: str, *, currency: models.Currency, since: str | None = None, until: str | None = None
    ) -> str:
        """Read a vendor's statement.

        A vendor's account in one currency as CSV, oldest first.
        """
        answer: str = await self._text(
            "GET",
            f"/vendors/{segment(vendor_id)}/statement",
            query={"currency": currency, "since": since, "until": until},
        )
        return answer

    async def create_shopper(
        self, body: models.CreateShopper | None = None, *, idempotency_key: str | None = None
    ) -> models.Shopper:
        """Create a shopper.

        Returns the shopper's key, which orders can refer to. Every field is optional: send only what you
        need.
        """
        answer: models.Shopper = await self._call(
            "POST", "/shoppers", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    async def get_shopper(self, shopper_key: str) -> models.Shopper:
        """Read a shopper.

        The shopper with its addresses, oldest first. 404 after it was erased.
        """
        answer: models.Shopper = await self._call("GET", f"/shoppers/{segment(shopper_key)}")
        return answer

    async def erase_shopper(self, shopper_key: str, *, idempotency_key: str | None = None) -> None:
        """Erase a shopper.

        Erases the shopper, its addresses and saved instruments, and the `customer` of its orders; financial
        records are kept. The shopper is gone immediately, the rest within minutes. An active order keeps its
        customer data until it is over. Repeating the call is not an error.
        """
        await self._call(
            "DELETE", f"/shoppers/{segment(shopper_key)}", repeatable=True, idempotency_key=idempotency_key
        )

    async def add_address(
        self, shopper_key: str, body: models.AddAddress, *, idempotency_key: str | None = None
    ) -> models.Address:
        """Add an address.

        Returns the address's key, which orders of this shopper can refer to. Addresses cannot be changed: add
        another.
        """
        answer: models.Address = await self._call(
            "POST",
            f"/shoppers/{segment(shopper_key)}/addresses",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
        )
        return answer

    async def save_instrument(
        self, body: models.SaveInstrument, *, idempotency_key: str | None = None
    ) -> models.SavedInstrument:
        """Save an instrument.

        Saves an instrument of a shopper without a payment. `status` is PENDING until the PSP has answered.
        The token can be charged once it is ACTIVE.
        """
        answer: models.SavedInstrument = await self._call(
            "POST", "/tokens", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_instruments(self, shopper_key: str, *, limit: int | None = None) -> AsyncIterator[models.SavedInstrument]:
        """List a shopper's instruments.

        The shopper's saved instruments, newest first. A card that was saved twice is there twice, with one
        `fingerprint`.
        """
        answer: AsyncIterator[models.SavedInstrument] = self._pages(
            "GET", f"/shoppers/{segment(shopper_key)}/tokens", query={"limit": limit}
        )
        return answer

    async def delete_instrument(self, token: str, *, idempotency_key: str | None = None) -> None:
        """Delete an instrument.

        The instrument can no longer be charged. The deletion is repeated at the PSP until the PSP confirms
        it. 404 if it does not exist any more.
        """
        await self._call("DELETE", f"/tokens/{segment(token)}", repeatable=True, idempotency_key=idempotency_key)

    async def create_invoice(self, body: models.CreateInvoice, *, idempotency_key: str | None = None) -> models.Invoice:
        """Create an invoice.

        Creates an order that can be paid through a link until `due_at`: at most 90 days ahead, 14 days by
        default. The e-mail goes to the customer immediately, unless `send` is false or the deployment sends
        no e-mails. Orders and invoices share their references; each can be used once. Methods that are paid
        after delivery cannot pay an invoice.
        """
        answer: models.Invoice = await self._call(
            "POST", "/invoices", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    async def get_invoice(self, invoice_id: str) -> models.Invoice:
        """Read an invoice.

        Its progress: the e-mail, whether the link was opened, what was paid. The order lists the payments.
        """
        answer: models.Invoice = await self._call("GET", f"/invoices/{segment(invoice_id)}")
        return answer

    async def send_invoice(
        self, invoice_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Invoice:
        """Send an invoice again.

        Sends the e-mail to the customer, for the first time or again: at most once a minute and 20 times in
        total.
        """
        answer: models.Invoice = await self._call(
            "POST",
            f"/invoices/{segment(invoice_id)}/send",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def withdraw_invoice(
        self, invoice_id: str, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> models.Invoice:
        """Withdraw an invoice.

        The link can no longer be used to pay. Possible until somebody has begun to pay; after that, cancel
        the order.
        """
        answer: models.Invoice = await self._call(
            "POST",
            f"/invoices/{segment(invoice_id)}/withdraw",
            repeatable=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return answer

    async def create_payout(self, body: models.CreatePayout, *, idempotency_key: str | None = None) -> models.Payout:
        """Pay out to a person.

        Returns the payout, whatever its outcome: `PAID`, `FAILED` with a `reason_code`, or `PROCESSING` while
        the outcome is unknown. A reference can be used once. A payout beyond the account's limits is refused;
        one that an operator must approve is `OPEN` until then.
        """
        answer: models.Payout = await self._call(
            "POST", "/payouts", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_payouts(self, *, limit: int | None = None) -> AsyncIterator[models.Payout]:
        """List payouts to persons.

        Payouts to persons, newest first.
        """
        answer: AsyncIterator[models.Payout] = self._pages("GET", "/payouts", query={"limit": limit})
        return answer

    def list_vendor_payouts(self, vendor_id: str, *, limit: int | None = None) -> AsyncIterator[models.Payout]:
        """List a vendor's payouts.

        Paid and pending payouts to a vendor, newest first. `OPEN` is the amount that the next run will pay;
        it is negative while the vendor owes money.
        """
        answer: AsyncIterator[models.Payout] = self._pages(
            "GET", f"/vendors/{segment(vendor_id)}/payouts", query={"limit": limit}
        )
        return answer

    async def get_payout(self, payout_id: str) -> models.Payout:
        """Read a payout.

        A payout to a person or a vendor. A payout to a person is `OPEN` while it waits for an operator. It is
        `PROCESSING` until the PSP reports the outcome, and `RETURNED` if the recipient's bank returned it
        after it was paid.
        """
        answer: models.Payout = await self._call("GET", f"/payouts/{segment(payout_id)}")
        return answer

    def list_payout_entries(self, payout_id: str, *, limit: int | None = None) -> AsyncIterator[models.PayoutEntry]:
        """List a payout's entries.

        The ledger entries (captures, refunds, reversals) that add up to a vendor's payout, newest first.
        """
        answer: AsyncIterator[models.PayoutEntry] = self._pages(
            "GET", f"/payouts/{segment(payout_id)}/entries", query={"limit": limit}
        )
        return answer

    def list_notifications(
        self,
        *,
        order_key: str | None = None,
        status: Literal["pending", "delivered", "stopped", "dead"] | None = None,
        kind: Literal["event", "update"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[models.Notification]:
        """List notifications.

        Notifications to orders' `notification_url`, your endpoints and your update URL, newest first.
        """
        answer: AsyncIterator[models.Notification] = self._pages(
            "GET", "/notifications", query={"order_key": order_key, "status": status, "kind": kind, "limit": limit}
        )
        return answer

    async def resend_notification(self, id: str, *, idempotency_key: str | None = None) -> models.Notification:
        """Resend a notification.

        Sends it now, whatever its status, and retries for another 72 hours if it is not accepted.
        """
        answer: models.Notification = await self._call(
            "POST", f"/notifications/{segment(id)}/resend", repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    async def get_export(
        self,
        day: str,
        *,
        format: Literal["csv", "jsonl"] | None = None,
        mode: Literal["live", "test"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> str:
        """Read a day's bookkeeping.

        Every movement of money of a day of your time zone, oldest first: payments, captures, refunds,
        disputes, settlements with fees, payouts. CSV with a header line, or JSON lines if you ask for
        `format=jsonl` or prefer them in `Accept`. `Link` leads to the next page, if there is one. `Export-
        Status: closed`: the day is over and will never change; `open`: this is what is known so far.
        """
        answer: str = await self._text(
            "GET", f"/exports/{segment(day)}", query={"format": format, "mode": mode, "limit": limit, "cursor": cursor}
        )
        return answer

    async def get_account(self) -> models.Account:
        """Read your account.

        Your notification settings, signing keys, payment methods and vendors.
        """
        answer: models.Account = await self._call("GET", "/account")
        return answer

    async def set_notifications(
        self, body: models.SetNotifications | None = None, *, idempotency_key: str | None = None
    ) -> models.Notifications:
        """Configure notifications.

        Sets the update URL and the endpoints with their event filters. Omitted fields keep their values.
        `rotate_secret` creates a new signing secret; for 24 hours (not with `revoke_now`), events are signed
        with both. A secret is shown once: a call that is repeated with its `Idempotency-Key` is answered
        without it.
        """
        answer: models.Notifications = await self._call(
            "PUT", "/account/notifications", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    async def set_time_zone(self, body: models.SetTimeZone, *, idempotency_key: str | None = None) -> models.TimeZone:
        """Set your time zone.

        Where your days begin and end: due dates, statements and bookkeeping follow it, what clocks show on
        the menu and in letters too. Takes effect within a minute. Instants in answers stay UTC.
        """
        answer: models.TimeZone = await self._call(
            "PUT", "/account/time-zone", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    async def set_links(
        self, body: models.SetLinks | None = None, *, idempotency_key: str | None = None
    ) -> models.Links:
        """Set the links under the menu.

        Your terms, your privacy notice and where shoppers reach you. The menu shows those that you give, and
        leads nowhere else. Takes effect within a minute.
        """
        answer: models.Links = await self._call(
            "PUT", "/account/links", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    async def set_signatures(
        self, body: models.SetSignatures | None = None, *, idempotency_key: str | None = None
    ) -> models.Signatures:
        """Manage signing keys.

        `new_key` creates a key for signing your calls and returns its secret once, not to a repeated call;
        `retire` removes keys. Several keys can be active during a rotation. With `required`, unsigned calls
        are rejected within a minute; the call that sets it must be signed itself.
        """
        answer: models.Signatures = await self._call(
            "PUT", "/account/signatures", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_account_history(self, *, limit: int | None = None) -> AsyncIterator[models.AccountChange]:
        """List changes of your account.

        Who changed what of your account, its vendors, clients, methods, limits, keys and connectors, newest
        first: a client of yours by its id, or an operator. Secrets are never shown, only that they were
        changed. Entries are never changed or deleted; there are none of changes before the history existed.
        """
        answer: AsyncIterator[models.AccountChange] = self._pages("GET", "/account/history", query={"limit": limit})
        return answer

    def list_methods(self) -> AsyncIterator[models.AccountMethod]:
        """List your payment methods.

        Every payment method, whether you offer it and how.
        """
        answer: AsyncIterator[models.AccountMethod] = self._pages("GET", "/account/methods")
        return answer

    async def set_method(
        self, method: str, body: models.SetMethod | None = None, *, idempotency_key: str | None = None
    ) -> models.AccountMethod:
        """Configure a payment method.

        Enables or disables the method and sets its position on the menu, its amounts and currencies, and its
        connector. Takes effect within a minute.
        """
        answer: models.AccountMethod = await self._call(
            "PUT", f"/account/methods/{segment(method)}", body=body, repeatable=True, idempotency_key=idempotency_key
        )
        return answer

    def list_connectors(self) -> AsyncIterator[models.Connector]:
        """List the PSPs you can use.

        What each connector can do, whether it is set up, and the URL for your PSP's notifications.
        Credentials are never returned: you see which are set, when and by whom.
        """
        answer: AsyncIterator[models.Connector] = self._pages("GET", "/account/connectors")
        return answer

    async def set_connector(
        self, connector: str, body: models.SetConnector, *, idempotency_key: str | None = None
    ) -> models.Connector:
        """Connect your account with a PSP.

        Sets the credentials of your test or live account. The first call names all credentials; later ones
        may name only what changes. The PSP is asked whether it accepts them, unless `check` is false. A new
        webhook secret is valid next to the previous one for seven days; `revoke` ends a value at once. Live
        credentials are used for new orders from then on; test ones only until you have live ones, or with
        `use`. Takes effect within a minute.
        """
        answer: models.Connector = await self._call(
            "PUT",
            f"/account/connectors/{segment(connector)}",
            body=body,
            repeatable=True,
            idempotency_key=idempotency_key,
        )
        return answer
