"""Queries about vendors: their payments, splits, statements and payouts."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("GET", "/orders/{order_key}/vendor-payments"): "list_vendor_payments",
    ("GET", "/orders/{order_key}/split/{split_id}"): "get_split",
    ("GET", "/vendors/{vendor_id}/statement"): "get_statement",
    ("GET", "/vendors/{vendor_id}/payouts"): "list_vendor_payouts",
    ("GET", "/payouts"): "list_payouts",
    ("GET", "/payouts/{payout_id}"): "get_payout",
    ("GET", "/payouts/{payout_id}/entries"): "list_payout_entries",
}

handler = routed(__package__, ROUTES)
