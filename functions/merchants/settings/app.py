"""The settings of a merchant's own account."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("PUT", "/account/notifications"): "set_notifications",
    ("PUT", "/account/time-zone"): "set_time_zone",
    ("PUT", "/account/links"): "set_links",
    ("PUT", "/account/signatures"): "set_signatures",
    ("PUT", "/account/methods/{method}"): "set_method",
    ("PUT", "/account/connectors/{connector}"): "set_connector",
}

handler = routed(__package__, ROUTES)
