"""A merchant's own account, its methods, its notification log and its bookkeeping."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("GET", "/account"): "get_account",
    ("GET", "/account/history"): "list_account_history",
    ("GET", "/account/methods"): "list_methods",
    ("GET", "/account/connectors"): "list_connectors",
    ("GET", "/notifications"): "list_notifications",
    ("GET", "/exports/{day}"): "get_export",
}

handler = routed(__package__, ROUTES)
