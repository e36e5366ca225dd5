"""Pays one or several vendors from a technical payment."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("POST", "/orders/{order_key}/vendor-payments"): "pay_vendor",
    ("POST", "/orders/{order_key}/split"): "split_payment",
}

handler = routed(__package__, ROUTES)
