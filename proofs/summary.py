"""What was proved, in a short table that `make prove` prints at its end. Each proof notes its counts at its end."""

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".local" / "proved"
PROOFS = ("exploration", "crash", "chaos")


def note(proof: str, **counts: int) -> None:
    """Keeps the counts of a proof; those of its last run count."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{proof}.json").write_text(json.dumps(counts))


def table() -> str:
    lines = ["", "Proved", ""]
    for proof in PROOFS:
        file = FOLDER / f"{proof}.json"
        counts: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        said = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        lines.append(f"  {proof:12} {said or 'did not come to its end'}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
