"""`python -m local.shop PORT FOLDER`: serves until it is ended. FOLDER is the local system's, with its stack.json."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.place import HOST, Place
from local.shop.server import Handler, Shop
from local.time_machine import pass_time


def main() -> None:
    """The shop stands right beside the cloud: its port is the cloud's and one."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    place = Place(folder, port - 1)

    def stack() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(place.stack_file.read_text())
        return found

    Handler.shop = Shop(
        place.shop_url, stack, lambda order_key, minutes: pass_time(place, order_key, timedelta(minutes=minutes))
    )
    ThreadingHTTPServer((HOST, port), Handler).serve_forever()


if __name__ == "__main__":
    main()
