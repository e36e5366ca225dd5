"""Pays vendors out of a technical payment, one or a list of them."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("POST", "/orders/{order_key}/vendor-payments"): "pay_vendor",
    ("POST", "/orders/{order_key}/split"): "split_payment",
}

handler = routed(__package__, ROUTES)
