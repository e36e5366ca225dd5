"""The settings of a merchant's own account."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("PUT", "/account/notifications"): "set_notifications",
    ("PUT", "/account/signatures"): "set_signatures",
    ("PUT", "/account/methods/{method}"): "set_method",
}

handler = routed(__package__, ROUTES)
