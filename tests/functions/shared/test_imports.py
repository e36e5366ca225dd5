"""What each handler imports in a fresh interpreter: what it does not need costs every cold start.

The table says which families of modules a function has; everything that is imported belongs to a family it has.
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

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, sys
sys.modules["cryptography"] = None  # what tests need and the layer does not have
before = set(sys.modules)
import app
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

# What a function may import beside the standard library. The connector itself is imported when a PSP is called.
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
}


def belongs(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes)


def folder_of(function: str) -> Path:
    (app,) = (ROOT / "functions").glob(f"*/{function}/app.py")
    return app.parent


def imports(function: str) -> list[str]:
    places = [str(folder_of(function)), str(ROOT / "layers/tillgate")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    own = (*sys.stdlib_module_names, f"_sysconfigdata_{sys.abiflags}_linux_{platform.machine()}-linux-gnu")
    return [module for module in modules if module.partition(".")[0] not in own]


@cache
def all_imports() -> dict[str, list[str]]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(ALLOWED, pool.map(imports, ALLOWED), strict=True))


@pytest.mark.parametrize("function", ALLOWED)
def test_a_handler_imports_what_it_may(function: str) -> None:
    allowed = tuple(prefix for family in ALLOWED[function] for prefix in FAMILIES[family])
    own = tuple(path.stem for path in folder_of(function).glob("*.py"))
    strangers = [m for m in all_imports()[function] if not belongs(m, (*allowed, *own))]
    assert strangers == []
    never = tuple(package for package in NEVER if package not in ALLOWED[function])
    assert [m for m in all_imports()[function] if belongs(m, never)] == []


def test_boto3_is_imported_by_the_admin_function_alone() -> None:
    """ADR 63: also not later, when a first call would pay for it."""
    sources = [*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    found = [path for path in sources if re.search(r"^\s*(import|from) boto3\b", path.read_text(), re.MULTILINE)]
    assert found == [folder_of("admin") / "app.py"]


@pytest.mark.parametrize("function", WITHOUT)
def test_a_handler_leaves_to_others_what_it_does_not_need(function: str) -> None:
    assert [m for m in all_imports()[function] if belongs(m, WITHOUT[function])] == []


@pytest.mark.parametrize("function", ALLOWED)
def test_no_handler_imports_a_connector_before_a_psp_is_called(function: str) -> None:
    found = [m for m in all_imports()[function] if belongs(m, ("tillgate.connectors",))]
    assert set(found) <= {"tillgate.connectors", "tillgate.connectors.api"}
