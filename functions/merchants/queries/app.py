"""A merchant's own account, its methods and its notification log."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("GET", "/account"): "get_account",
    ("GET", "/account/methods"): "list_methods",
    ("GET", "/notifications"): "list_notifications",
}

handler = routed(__package__, ROUTES)
