"""What a merchant asks of its own account: who it is, what it offers, what it was told."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("GET", "/account"): "get_account",
    ("GET", "/account/methods"): "list_methods",
    ("GET", "/notifications"): "list_notifications",
}

handler = routed(__package__, ROUTES)
