"""`python -m local.desk PORT FOLDER`: serves until stopped. FOLDER is the local system's, three ports below."""

from __future__ import annotations

import sys
from http.server import ThreadingHTTPServer
from pathlib import Path

from local.desk.server import Handler
from local.place import HOST, Place


def main() -> None:
    """Serves the desk of the local system in that folder."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Handler.place = Place(folder, port - 3)
    ThreadingHTTPServer((HOST, port), Handler).serve_forever()


if __name__ == "__main__":
    main()
