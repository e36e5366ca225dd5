"""Lists orders, payments and disputes, and answers less frequent queries. `get_order` answers an order's status."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("GET", "/orders"): "list_orders",
    ("GET", "/orders/{order_key}/history"): "get_history",
    ("GET", "/orders/{order_key}/methods"): "list_order_methods",
    ("GET", "/orders/{order_key}/refunds"): "list_refunds",
    ("GET", "/payments"): "list_payments",
    ("GET", "/disputes"): "list_disputes",
    ("GET", "/disputes/{dispute_id}"): "get_dispute",
}

handler = routed(__package__, ROUTES)
