"""Shoppers, their addresses and saved instruments. Erasing one has a function of its own."""

from tillgate.api.http.routes import Routes, routed

ROUTES: Routes = {
    ("POST", "/shoppers"): "create_shopper",
    ("GET", "/shoppers/{shopper_key}"): "get_shopper",
    ("POST", "/shoppers/{shopper_key}/addresses"): "add_address",
    ("POST", "/tokens"): "save_instrument",
    ("GET", "/shoppers/{shopper_key}/tokens"): "list_instruments",
    ("DELETE", "/tokens/{token}"): "delete_instrument",
}

handler = routed(__package__, ROUTES)
