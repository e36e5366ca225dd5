"""Leaves out of botocore and stdnum what no function needs, for a cold start reads it all (ADR 61).

    python trim.py FOLDER SERVICE...    FOLDER has botocore and stdnum, as pip installed them

| what | why |
| --- | --- |
| models of other services | several hundred of them |
| the endpoints of other services | one file with those of all, parsed whole when the first client is made |
| what is written in a model for its reader | nine tenths of it |
| countries' own numbers | stdnum has several hundred modules of them; an IBAN needs none |
| the writer of docstrings | is loaded when somebody reads one, instead of always: boto3 and `help` still find it |
"""

import gzip
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

_IMPORT = re.compile(r"^from (botocore\.docs\.\S+) import (\w+)$", re.MULTILINE)
_LATER = r"""def \2(*args, **kwargs):
    from \1 import \2 as wanted

    return wanted(*args, **kwargs)
"""


def trim(botocore: Path, services: list[str]) -> None:
    data = botocore / "data"
    for folder in (each for each in data.iterdir() if each.is_dir() and each.name not in services):
        shutil.rmtree(folder)
    prefixes = {_shortened(model)["metadata"]["endpointPrefix"] for model in data.glob("*/*/service-2.json.gz")}
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: each for name, each in partition["services"].items() if name in prefixes}
    (data / "endpoints.json").write_text(json.dumps(endpoints, separators=(",", ":")))
    for module in (botocore / "docs" / "docstring.py", botocore / "docs" / "__init__.py"):
        text, found = _IMPORT.subn(_LATER, module.read_text())
        if not found:
            raise SystemExit(f"{module} is not as it was: see whether it still loads the writer of docstrings")
        module.write_text(text)


def trim_stdnum(stdnum: Path) -> None:
    for folder in (each for each in stdnum.iterdir() if each.is_dir() and each.name != "iso7064"):
        shutil.rmtree(folder)


def _shortened(packed: Path) -> dict[str, Any]:
    """The model without its documentation, unpacked: a layer is packed as a whole."""
    model: dict[str, Any] = _without_documentation(json.loads(gzip.decompress(packed.read_bytes())))
    for parameter in model.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # botocore reads it when it makes a client of S3
    packed.with_suffix("").write_text(json.dumps(model, separators=(",", ":")))
    packed.unlink()
    return model


def _without_documentation(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_documentation(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: _without_documentation(each) for name, each in node.items()}
    return {name: each for name, each in kept.items() if name != "documentation" or not isinstance(each, str)}


if __name__ == "__main__":
    trim(Path(sys.argv[1]) / "botocore", sys.argv[2:])
    trim_stdnum(Path(sys.argv[1]) / "stdnum")
