"""The results of the proofs, in a table that `make prove` prints at its end.

Each proof records its counts when it ends, and the Makefile its exit code; a proof without one was not run.
"""

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".local" / "proved"
PROOFS = ("explore", "walk", "crash", "mutants", "chaos", "many", "upgrade", "restore")  # targets of the Makefile


def note(proof: str, **counts: int) -> None:
    """Records the counts of a proof, replacing those of an earlier run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{proof}.json").write_text(json.dumps(counts))


def table() -> str:
    return "\n".join(
        ["", "Proved", "", *(f"  {proof:8} {_how(proof):8} {_counts(proof)}".rstrip() for proof in PROOFS)]
    )


def all_hold() -> bool:
    return all(_how(proof) != "FAILED" for proof in PROOFS)


def _how(proof: str) -> str:
    file = FOLDER / f"{proof}.code"
    if not file.exists():
        return "not run"
    return "holds" if file.read_text().strip() == "0" else "FAILED"


def _counts(proof: str) -> str:
    file = FOLDER / f"{proof}.json"
    if not file.exists():
        return "" if _how(proof) == "not run" else "did not come to its end"
    counts: dict[str, int] = json.loads(file.read_text())
    return ", ".join(f"{number:,} {name}" for name, number in counts.items())


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
    sys.exit(0 if all_hold() else 1)
