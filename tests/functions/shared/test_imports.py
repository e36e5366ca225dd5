"""What each operation imports in a fresh interpreter: what it does not need costs every cold start.

The table says which families of modules an operation has; everything that is imported belongs to a family it has. Of a
function that answers several calls only the handler is imported at first, then the call's own module. What the hot path
loads only when a call comes is held too, by making a first call.
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from benchmarks.subjects import SUBJECTS, environment
from benchmarks.warm import Worker, stand_in, worker
from tests.handlers import source_of

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import importlib, json, sys
sys.modules["cryptography"] = None  # what tests need and the layer does not have
before = set(sys.modules)
for module in sys.argv[1:]:
    importlib.import_module(module)
if event := json.loads(sys.stdin.read() or "null"):
    sys.modules["app"].handler(event, None)
print(json.dumps(sorted(set(sys.modules) - before)))
"""

FAMILIES = {
    "aws": ("botocore", "dateutil", "six", "jmespath", "urllib3", "certifi"),
    "shared": (
        "tillgate",
        "tillgate.store",
        "tillgate.runtime.acting",
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
    "models": ("pydantic", "pydantic_core", "annotated_types", "typing_inspection", "typing_extensions"),
    "http": ("tillgate.api", "tillgate.store.merchants.accounts", "tillgate.use_cases.shared.load_order"),
    "orders": ("tillgate.domain", "tillgate.store", "tillgate.use_cases"),
    "passwords": ("tillgate.use_cases.merchants.client_secrets", "tillgate.use_cases.merchants.token_keys", "signing"),
    "notifications": ("tillgate.outbound.notifications", "tillgate.api"),
    "pages": ("pages", "mangum", "starlette", "anyio", "jinja2", "markupsafe", "python_multipart", "typing_extensions"),
    "exports": ("tillgate.outbound.exports", "tillgate.domain.merchants", "tillgate.domain.notifications"),
    "letters": (
        "tillgate.outbound.invoices",
        *("tillgate.domain.shared.localized_amounts", "tillgate.domain.shared.locales"),
        *("tillgate.domain.shared.localized_dates", "tillgate.domain.shared.localized_dates_data"),
    ),
}
STREAM = ("aws", "shared")
CONSUMES = (*STREAM, "orders")
READS = (*CONSUMES, "http")  # a call without a body
TAKES = (*READS, "models")  # a call with a body or a query, which pydantic validates

# What an operation may import beside the standard library. The connector itself is imported when a PSP is called.
ALLOWED: dict[str, tuple[str, ...]] = {
    "forward_changes": STREAM,
    "issue_token": (*READS, "passwords"),
    "create_order": TAKES,
    "get_order": READS,
    "get_payment": READS,
    "get_history": TAKES,
    "list_orders": TAKES,
    "update_order": TAKES,
    "withdraw_order": TAKES,
    "cancel_order": TAKES,
    "refund_order": TAKES,
    "list_order_methods": READS,
    "list_refunds": TAKES,
    "list_payments": TAKES,
    "list_vendor_payments": TAKES,
    "get_split": READS,
    "pay_vendor": TAKES,
    "split_payment": TAKES,
    "get_payout": READS,
    "get_account": READS,
    "set_method": TAKES,
    "list_notifications": TAKES,
    "get_export": TAKES,
    "export_days": (*CONSUMES, "exports"),
    "create_invoice": TAKES,
    "get_invoice": TAKES,
    "send_invoice": TAKES,
    "withdraw_invoice": TAKES,
    "mail_invoice": (*CONSUMES, "letters"),
    "start_payment": TAKES,
    "capture_payment": TAKES,
    "cancel_payment": TAKES,
    "refund_payment": TAKES,
    "withdraw_payment": TAKES,
    "sync_payment": TAKES,
    "receive_psp_notification": READS,
    "return_shopper": READS,
    "apply_psp_notification": CONSUMES,
    "close_window": CONSUMES,
    "unwind_order": CONSUMES,
    "sweep_due": CONSUMES,
    "keep_due": CONSUMES,
    "create_shopper": TAKES,
    "get_shopper": READS,
    "add_address": TAKES,
    "save_instrument": TAKES,
    "list_instruments": TAKES,
    "delete_instrument": READS,
    "erase_shopper": READS,
    "erase_personal_data": CONSUMES,
    "create_payout": TAKES,
    "resend_notification": TAKES,
    "notify_merchant": (*CONSUMES, "notifications"),
    "sweep_notifications": CONSUMES,
    "reconcile": CONSUMES,
    "sum_vendors": CONSUMES,
    "settle_split": CONSUMES,
    "run_split_batch": CONSUMES,
    "pay_vendors": CONSUMES,
    "menu": (*CONSUMES, "pages", "letters"),
    "describe_api": READS,
    "admin": READS,
}
# Functions that several calls share.
SHARED = [path.parent for path in sorted((ROOT / "functions").glob("*/*/app.py")) if "routed(" in path.read_text()]
# What no function of the core imports unless one of its families has that very package.
NEVER = (
    *("aws_lambda_powertools", "boto3", "jinja2", "starlette", "mangum", "moto", "anyio", "multipart", "pytest"),
    *("segno", "stdnum"),
    *("cryptography", "jwt", "tillgate.api.http.xml", "tillgate.api.http.request_signatures"),
)
# And what these leave to those that need it.
EVENTS = ("tillgate.domain.orders.events", "tillgate.domain.payments.events", "tillgate.domain.orders.evolve")
WRITING = ("tillgate.use_cases.shared.changes", "tillgate.store.orders.saving", "tillgate.domain.ledger")
LOOKS_UP = (*EVENTS, *WRITING, "tillgate.connectors", "tillgate.domain.payouts")
HTTP = ("tillgate.api",)
WITHOUT: dict[str, tuple[str, ...]] = {
    "forward_changes": ("tillgate.domain", *HTTP),
    "issue_token": (*LOOKS_UP, "tillgate.store.orders"),
    "create_order": ("tillgate.connectors", "tillgate.use_cases.shared.changes", "tillgate.domain.payouts"),
    "get_order": LOOKS_UP,
    "get_payment": LOOKS_UP,
    "get_history": ("tillgate.connectors", *WRITING),
    "list_orders": LOOKS_UP,
    "list_payments": LOOKS_UP,
    "list_notifications": LOOKS_UP,
    "get_split": LOOKS_UP,
    "create_shopper": LOOKS_UP,
    "get_shopper": LOOKS_UP,
    "add_address": LOOKS_UP,
    "list_instruments": LOOKS_UP,
    "get_invoice": ("tillgate.connectors", "tillgate.api.invoices.models", *WRITING),
    "receive_psp_notification": ("tillgate.store.orders.orders", *WRITING[:2]),
    "mail_invoice": HTTP,
    "apply_psp_notification": HTTP,
    "close_window": HTTP,
    "unwind_order": HTTP,
    "sweep_due": HTTP,
    "keep_due": HTTP,
    "sum_vendors": HTTP,
    "settle_split": HTTP,
    "run_split_batch": HTTP,
    "pay_vendors": HTTP,
    "reconcile": HTTP,
    "erase_personal_data": HTTP,
    "sweep_notifications": (*HTTP, *LOOKS_UP),
    "notify_merchant": ("tillgate.api.http.endpoint", "tillgate.store.orders.saving"),
    "menu": (*HTTP, "tillgate.store.orders.saving"),
}
# Of a whole first call, what is loaded when it comes included.
NOT_EVEN_LATER: dict[str, tuple[str, ...]] = {
    "get_order": (*LOOKS_UP, "pydantic"),
    "create_order": ("tillgate.connectors", "tillgate.use_cases.shared.changes"),
    "start_payment": ("tillgate.domain.marketplace.splits", "tillgate.store.marketplace"),
    # and no connector but the payment's own
    "capture_payment": (
        *("tillgate.domain.marketplace.splits", "tillgate.store.marketplace", "tillgate.domain.payouts"),
        *("tillgate.connectors.offline", "tillgate.connectors.stripe", "tillgate.connectors.host.other_cases"),
    ),
    "refund_payment": ("tillgate.domain.marketplace.splits", "tillgate.store.marketplace"),
    "menu": (*HTTP, "pydantic", "segno", "tillgate.store.orders.saving", "tillgate.store.marketplace"),
    "notify_merchant": ("pydantic", "tillgate.api.http.endpoint", "tillgate.store.orders.saving"),
}


def belongs(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes)


def imports(operation: str) -> list[str]:
    """What the first call of an operation loads: its function's handler and, if it is another, its own module."""
    return loads(source_of(operation).parent, "app", source_of(operation).stem)


def loads(folder: Path, *modules: str, event: object = None, around: Mapping[str, str] = os.environ) -> list[str]:
    """What these modules load in a fresh process, and the handler's call with an event, if there is one."""
    places = [str(folder), str(ROOT / "layers/tillgate")]
    env = {**around, "PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", PROGRAM, *modules]
    done = subprocess.run(command, env=env, input=json.dumps(event), capture_output=True, text=True, check=False)
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
    never = tuple(package for package in NEVER if package not in allowed)
    assert [m for m in all_imports()[function] if belongs(m, never)] == []


def test_boto3_is_imported_by_no_function() -> None:
    """ADR 63: also not later, when a first call would pay for it."""
    sources = [*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    found = [path for path in sources if re.search(r"^\s*(import|from) boto3\b", path.read_text(), re.MULTILINE)]
    assert found == []


def test_the_library_that_signs_is_imported_by_the_function_that_signs_alone() -> None:
    """ADR 126: and there with the first signature."""
    sources = [*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    found = [path for path in sources if re.search(r"^\s*(import|from) cryptography\b", path.read_text(), re.MULTILINE)]
    assert found == [ROOT / "functions" / "merchants" / "issue_token" / "signing.py"]


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


@pytest.fixture(scope="module")
def bench() -> Iterator[tuple[str, Worker]]:
    """The URL of a stand-in of AWS, and a process that brings orders to where a handler is called."""
    with stand_in() as url, worker("product", url) as product:
        yield url, product


@pytest.mark.parametrize("function", SUBJECTS)
def test_a_first_call_loads_nothing_else_either(function: str, bench: tuple[str, Worker]) -> None:
    url, product = bench
    event, around = product("prepare", function), environment(url)
    found = loads(source_of(function).parent, "app", event=event, around=around)
    never = tuple(package for package in NEVER if function != "menu" or package.startswith("tillgate"))
    assert [m for m in found if belongs(m, (*never, *NOT_EVEN_LATER[function]))] == []
    assert "tillgate.store.orders.orders" in found  # it came as far as the table


@pytest.mark.parametrize("function", ALLOWED)
def test_no_handler_imports_a_connector_before_a_psp_is_called(function: str) -> None:
    """Of connectors it loads the API's types, and what the core makes cases and outcomes of."""
    found = [m for m in all_imports()[function] if m.startswith("tillgate.connectors.")]
    assert [m for m in found if not belongs(m, ("tillgate.connectors.v1", "tillgate.connectors.host"))] == []
