"""What each handler's imports cost: CPU of a fresh process, as a ratio to making one bare botocore client.

Ratios hold on any machine; they are medians of a few runs of each in turn.
"""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
BARE = "import botocore.session; botocore.session.get_session().create_client('dynamodb', region_name='eu-west-1')"
WITH_CLIENT = "import app; from tillgate.runtime.aws import client; client('dynamodb')"
HANDLERS = (
    "get_order",
    "create_order",
    "start_payment",
    "capture_payment",
    "apply_psp_notification",
    "forward_changes",
)


def cpu(code: str, folder: Path) -> float:
    """User and system seconds of a fresh interpreter that runs `code`."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{folder}:{ROOT / 'layers/tillgate'}",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "POWERTOOLS_SERVICE_NAME": "bench",
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratios() -> dict[str, float]:
    """Each handler with its client made, over an empty process, relative to the bare client."""
    subjects = {"": (BARE, ROOT), **{name: (WITH_CLIENT, ROOT / "functions" / name) for name in HANDLERS}}
    taken: dict[str, list[float]] = {name: [] for name in ("empty", *subjects)}
    for _ in range(RUNS):
        taken["empty"].append(cpu("pass", ROOT))
        for name, (code, folder) in subjects.items():
            taken[name].append(cpu(code, folder))
    median = {name: statistics.median(values) for name, values in taken.items()}
    bare = median[""] - median["empty"]
    return {name: (median[name] - median["empty"]) / bare for name in HANDLERS}


def report() -> str:
    lines = [
        "What a cold start imports (CPU with the DynamoDB client made; one bare botocore client = 1.00)",
        "",
        "| handler | ratio |",
        "| --- | ---: |",
        *(f"| {name} | {ratio:.2f} |" for name, ratio in ratios().items()),
    ]
    return "\n".join(lines)
