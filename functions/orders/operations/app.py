"""Less frequent operations on orders and payments.

Capture, cancel and refund of a payment are frequent and have functions of their own.
"""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("PATCH", "/orders/{order_key}"): "update_order",
    ("POST", "/orders/{order_key}/withdraw"): "withdraw_order",
    ("POST", "/orders/{order_key}/cancel"): "cancel_order",
    ("POST", "/orders/{order_key}/refund"): "refund_order",
    ("POST", "/orders/{order_key}/menu-link"): "make_menu_link",
    ("POST", "/orders/{order_key}/payments/{payment_id}/withdraw"): "withdraw_payment",
    ("POST", "/orders/{order_key}/payments/{payment_id}/sync"): "sync_payment",
    ("POST", "/orders/{order_key}/vendor-payments"): "pay_vendor",
    ("POST", "/orders/{order_key}/split"): "split_payment",
    ("POST", "/disputes/{dispute_id}/evidence"): "send_evidence",
    ("POST", "/disputes/{dispute_id}/accept"): "accept_dispute",
}

handler = routed(__package__, ROUTES)
