"""Begins a connector: `python -m connector_kit globex` copies the example into a package of that name, which passes."""

import re
import sys
from pathlib import Path

SAMPLE = Path(__file__).parent / "example"
NAME = re.compile(r"[a-z][a-z0-9]*")
USAGE = "Usage: python -m connector_kit NAME (lower-case letters and digits, such as globex)"


def begin(name: str, beside: Path) -> Path:
    """The new package. Raises `FileExistsError` if there is something of that name."""
    package = beside / name
    package.mkdir()
    for each in sorted(SAMPLE.glob("*.py")):
        text = each.read_text().replace("connector_kit.example", name)
        text = text.replace("acme", name).replace("Acme", name.capitalize())
        (package / each.name).write_text(text)
    return package


def main(arguments: list[str]) -> str | None:
    """What went wrong; None if nothing did."""
    if len(arguments) != 1 or not NAME.fullmatch(arguments[0]):
        return USAGE
    try:
        package = begin(arguments[0], Path.cwd())
    except FileExistsError:
        return f"{arguments[0]} exists already"
    sys.stdout.write(f"{package.name}/ has a connector that passes: pytest --connector {package.name}\n")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
