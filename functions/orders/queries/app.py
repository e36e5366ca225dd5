"""Lists orders and payments, and answers less frequent queries about an order. `get_order` answers its status."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("GET", "/orders"): "list_orders",
    ("GET", "/orders/{order_key}/history"): "get_history",
    ("GET", "/orders/{order_key}/methods"): "list_order_methods",
    ("GET", "/orders/{order_key}/refunds"): "list_refunds",
    ("GET", "/payments"): "list_payments",
}

handler = routed(__package__, ROUTES)
