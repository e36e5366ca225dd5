"""What each operation imports in a fresh interpreter: what it does not need costs every cold start.

The table says which families of modules an operation has; everything that is imported belongs to a family it has. Of a
function that answers several calls only the handler is imported at first, then the call's own module.
"""

import json
import os
import platform
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from tests.handlers import source_of

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import importlib, json, sys
sys.modules["cryptography"] = None  # what tests need and the layer does not have
before = set(sys.modules)
for module in sys.argv[1:]:
    importlib.import_module(module)
print(json.dumps(sorted(set(sys.modules) - before)))
"""

FAMILIES = {
    "aws": ("botocore", "dateutil", "six", "jmespath", "urllib3", "certifi"),
    "logs": ("aws_lambda_powertools", "typing_extensions"),
    "shared": (
        "tillgate",
        "tillgate.store",
        "tillgate.runtime.aws",
        "tillgate.runtime.telemetry",
        "tillgate.runtime.batches",
        "tillgate.runtime.backoff",
        "tillgate.runtime.waits",
        "tillgate.wiring",
        "tillgate.use_cases",
        "tillgate.connectors",
        "tillgate.domain",
        "tillgate.domain.shared.refusals",
    ),
    "models": ("pydantic", "pydantic_core", "annotated_types", "typing_inspection"),
    "http": ("tillgate.api", "tillgate.store.merchants.accounts", "tillgate.use_cases.shared.load_order", "jwt"),
    "orders": ("tillgate.domain", "tillgate.store", "tillgate.use_cases", "tillgate.connectors.api"),
    "passwords": ("tillgate.use_cases.merchants.client_secrets",),
    "boto3": ("boto3", "s3transfer", "__mp_main__"),  # s3transfer imports multiprocessing, which makes that name
    "letters": ("tillgate.outbound.invoices", "tillgate.domain.shared.localized_amounts"),
}
STREAM = ("aws", "logs", "shared")
READS = (*STREAM, "models", "http", "orders")

# What an operation may import beside the standard library. The connector itself is imported when a PSP is called.
ALLOWED: dict[str, tuple[str, ...]] = {
    "forward_changes": STREAM,
    "issue_token": (*STREAM, "models", "http", "orders", "passwords"),
    "create_order": READS,
    "get_order": READS,
    "get_payment": READS,
    "get_history": READS,
    "list_orders": READS,
    "update_order": READS,
    "withdraw_order": READS,
    "cancel_order": READS,
    "refund_order": READS,
    "list_order_methods": READS,
    "list_refunds": READS,
    "list_payments": READS,
    "list_vendor_payments": READS,
    "get_split": READS,
    "pay_vendor": READS,
    "split_payment": READS,
    "get_payout": READS,
    "get_account": READS,
    "set_method": READS,
    "list_notifications": READS,
    "create_invoice": READS,
    "get_invoice": READS,
    "send_invoice": READS,
    "withdraw_invoice": READS,
    "mail_invoice": (*STREAM, "models", "orders", "letters"),
    "start_payment": READS,
    "capture_payment": READS,
    "cancel_payment": READS,
    "refund_payment": READS,
    "withdraw_payment": READS,
    "sync_payment": READS,
    "receive_psp_notification": READS,
    "return_shopper": READS,
    "apply_psp_notification": (*STREAM, "models", "orders"),
    "close_window": (*STREAM, "models", "orders"),
    "unwind_order": (*STREAM, "models", "orders"),
    "sweep_due": (*STREAM, "models", "orders"),
    "keep_due": (*STREAM, "models", "orders"),
    "create_shopper": READS,
    "get_shopper": READS,
    "add_address": READS,
    "save_instrument": READS,
    "list_instruments": READS,
    "delete_instrument": READS,
    "erase_shopper": READS,
    "erase_personal_data": (*STREAM, "models", "orders"),
    "admin": (*READS, "boto3"),
}
# Functions that several calls share.
SHARED = [
    path.parent for path in sorted((ROOT / "functions").glob("*/*/app.py")) if len(list(path.parent.glob("*.py"))) > 1
]
# What no function of the core imports unless its family is about that very package.
NEVER = ("boto3", "jinja2", "starlette", "mangum", "moto", "anyio", "multipart", "pytest", "cryptography")
# And what these leave to those that need it.
WITHOUT: dict[str, tuple[str, ...]] = {
    "forward_changes": ("pydantic", "jwt", "tillgate.domain", "tillgate.api"),
    "issue_token": (
        "tillgate.domain.orders.evolve",
        "tillgate.store.orders.orders",
        "tillgate.connectors",
        "tillgate.api.http.fields",
    ),
    "get_order": (
        "tillgate.connectors.sandbox.connector",
        "tillgate.api.http.fields",
        "tillgate.use_cases.psp.ask_psp",
    ),
    "get_payment": (
        "tillgate.connectors.sandbox.connector",
        "tillgate.api.http.fields",
        "tillgate.use_cases.psp.ask_psp",
    ),
    "get_history": ("tillgate.connectors", "tillgate.api.http.fields", "tillgate.use_cases.shared.changes"),
    "list_orders": ("tillgate.connectors", "tillgate.use_cases.shared.changes"),
    "create_shopper": ("tillgate.connectors", "tillgate.use_cases.shared.changes"),
    "get_shopper": ("tillgate.connectors", "tillgate.api.http.fields", "tillgate.use_cases.shared.changes"),
    "add_address": ("tillgate.connectors", "tillgate.use_cases.shared.changes"),
    "list_instruments": ("tillgate.connectors", "tillgate.use_cases.shared.changes"),
    "get_invoice": (
        "tillgate.connectors.sandbox.connector",
        "tillgate.api.invoices.models",
        "tillgate.use_cases.shared.changes",
    ),
    "mail_invoice": ("tillgate.api", "jwt"),
    "receive_psp_notification": (
        "tillgate.store.orders.orders",
        "tillgate.api.http.fields",
        "tillgate.use_cases.shared.changes",
    ),
    "apply_psp_notification": ("tillgate.api", "jwt"),
    "close_window": ("tillgate.api", "jwt"),
    "unwind_order": ("tillgate.api", "jwt"),
    "sweep_due": ("tillgate.api", "jwt"),
    "keep_due": ("tillgate.api", "jwt"),
}


def belongs(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes)


def imports(operation: str) -> list[str]:
    """What the first call of an operation loads: its function's handler and, if it is another, its own module."""
    return loads(source_of(operation).parent, "app", source_of(operation).stem)


def loads(folder: Path, *modules: str) -> list[str]:
    places = [str(folder), str(ROOT / "layers/tillgate")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", PROGRAM, *modules]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    own = (*sys.stdlib_module_names, f"_sysconfigdata_{sys.abiflags}_linux_{platform.machine()}-linux-gnu")
    return [module for module in found if module.partition(".")[0] not in own]


@cache
def all_imports() -> dict[str, list[str]]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(ALLOWED, pool.map(imports, ALLOWED), strict=True))


@pytest.mark.parametrize("function", ALLOWED)
def test_a_handler_imports_what_it_may(function: str) -> None:
    allowed = tuple(prefix for family in ALLOWED[function] for prefix in FAMILIES[family])
    own = ("app", source_of(function).stem)
    strangers = [m for m in all_imports()[function] if not belongs(m, (*allowed, *own))]
    assert strangers == []
    never = tuple(package for package in NEVER if package not in ALLOWED[function])
    assert [m for m in all_imports()[function] if belongs(m, never)] == []


def test_boto3_is_imported_by_the_admin_function_alone() -> None:
    """ADR 63: also not later, when a first call would pay for it."""
    sources = [*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    found = [path for path in sources if re.search(r"^\s*(import|from) boto3\b", path.read_text(), re.MULTILINE)]
    assert found == [ROOT / "functions" / "operators" / "admin" / "app.py"]


@pytest.mark.parametrize("folder", SHARED, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_shared_handler_leaves_every_call_to_its_own_module(folder: Path) -> None:
    """Nor does it load what only some of its calls need."""
    found = loads(folder, "app")
    assert [module for module in found if (folder / f"{module}.py").exists()] == ["app"]
    needed_by_all = set.intersection(*(set(imports(path.stem)) for path in folder.glob("*.py") if path.stem != "app"))
    assert set(found) - needed_by_all == set()


@pytest.mark.parametrize("function", WITHOUT)
def test_a_handler_leaves_to_others_what_it_does_not_need(function: str) -> None:
    assert [m for m in all_imports()[function] if belongs(m, WITHOUT[function])] == []


@pytest.mark.parametrize("function", ALLOWED)
def test_no_handler_imports_a_connector_before_a_psp_is_called(function: str) -> None:
    found = [m for m in all_imports()[function] if belongs(m, ("tillgate.connectors",))]
    assert set(found) <= {"tillgate.connectors", "tillgate.connectors.api"}
