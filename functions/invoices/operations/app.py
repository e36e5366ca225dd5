"""A merchant's invoices: create, get, send again, withdraw."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("POST", "/invoices"): "create_invoice",
    ("GET", "/invoices/{invoice_id}"): "get_invoice",
    ("POST", "/invoices/{invoice_id}/send"): "send_invoice",
    ("POST", "/invoices/{invoice_id}/withdraw"): "withdraw_invoice",
}

handler = routed(__package__, ROUTES)
