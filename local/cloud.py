"""MiniStack, but what it does again and again is done once: unpacking a layer, parsing an expression.

MiniStack unpacks each layer for each new environment of a function: thousands of files, by one thread at a time. A few
dozen new environments at once kept it from answering until calls timed out, which then were made again. Here a layer's
files are shared by all who use it: nobody writes to them.

While the file is there that `TILLGATE_STRICT_WHILE` names, it is as strict as AWS where it is not: see `strict`.

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
from functools import lru_cache
from pathlib import Path
from runpy import run_path
from typing import Any

from ministack.app import main
from ministack.core.lambda_runtime import Worker
from ministack.services import dynamodb, lambda_svc, stepfunctions

EXPRESSIONS = 4096  # that are kept parsed; each use case has a few
FOLDERS_OF_LAYERS = "_LAMBDA_LAYERS_DIRS"  # where MiniStack's workers look for layers

_lock = threading.Lock()
_unpacked: dict[str, str] = {}
_spawn_with_own_layers = Worker._spawn


def _spawn(worker: Worker) -> None:
    """As MiniStack's own, for a configuration without layers and a variable with their folders."""
    config: dict[str, Any] = worker.config
    layers = [content for layer in config.get("Layers", ()) if (content := lambda_svc._resolve_layer_zip(layer))]
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


def _parse_each_expression_once() -> None:
    """MiniStack parses an expression anew for each item that it is applied to: a fifth of all its time."""
    dynamodb._condition_syntax_error = lru_cache(EXPRESSIONS)(dynamodb._condition_syntax_error)
    tokens = lru_cache(EXPRESSIONS)(dynamodb._tokenize)
    dynamodb._tokenize = lambda expression: list(tokens(expression))


def _be_strict_while_there_is(flag: Path) -> None:
    """`strict` lies beside this file, and is found by its path, as this file is."""
    strict = run_path(str(Path(__file__).with_name("strict.py")), run_name="strict")
    strict["install"](dynamodb, stepfunctions, lambda_svc, lambda: os.path.exists(flag))


if __name__ == "__main__":
    Worker._spawn = _spawn
    _parse_each_expression_once()
    _be_strict_while_there_is(Path(os.environ["TILLGATE_STRICT_WHILE"]))
    sys.exit(main())
