"""MiniStack, but a layer is unpacked once and its files are shared by all who use it: nobody writes to them.

MiniStack unpacks each layer for each new environment of a function: thousands of files, by one thread at a time. A few
dozen new environments at once kept it from answering until calls timed out, which then were made again.

Run with the interpreter of its own virtual environment, by the path of this file.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import threading
import zipfile
from typing import Any

from ministack.app import main
from ministack.core.lambda_runtime import Worker
from ministack.services.lambda_svc import _resolve_layer_zip

FOLDERS_OF_LAYERS = "_LAMBDA_LAYERS_DIRS"  # where MiniStack's workers look for layers

_lock = threading.Lock()
_unpacked: dict[str, str] = {}
_spawn_with_own_layers = Worker._spawn


def _spawn(worker: Worker) -> None:
    """As MiniStack's own, for a configuration without layers and a variable with their folders."""
    config: dict[str, Any] = worker.config
    layers = [content for layer in config.get("Layers", ()) if (content := _resolve_layer_zip(layer))]
    variables = dict(config.get("Environment", {}).get("Variables", {}))
    if layers:
        variables[FOLDERS_OF_LAYERS] = os.pathsep.join(map(_folder, layers))
    worker.config = {**config, "Layers": [], "Environment": {"Variables": variables}}
    try:
        _spawn_with_own_layers(worker)
    finally:
        worker.config = config


def _folder(layer: bytes) -> str:
    digest = hashlib.sha256(layer).hexdigest()
    with _lock:
        if digest not in _unpacked:
            folder = tempfile.mkdtemp(prefix="layer-")
            with zipfile.ZipFile(io.BytesIO(layer)) as content:
                content.extractall(folder)
            _unpacked[digest] = folder
        return _unpacked[digest]


if __name__ == "__main__":
    Worker._spawn = _spawn
    sys.exit(main())
