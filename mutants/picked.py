"""Mistakes by hand, the ones that would cost money: CI makes each of them, and tests must notice (ONE-3)."""

from pathlib import Path

from mutants.mistakes import Mistake

DOMAIN = (
    # The lifecycle's table.
    ("lifecycle", "Step(S.PROCESSING, Cause.REFUSED, S.FAILED)", "Step(S.PROCESSING, Cause.REFUSED, S.EXPIRED)"),
    ("lifecycle", "Step(S.AUTHORIZED, Cause.CANCELLED, S.CANCELLED),", ""),
    ("lifecycle", "(source, cause, target, capture) not in _STEPS", "False"),
    # What is reserved while its outcome is open.
    ("payment", "if op.type is kind and op.status.at_psp", "if False"),
    ("payment", " - self.reserved(OperationType.CAPTURE)", ""),
    ("payment", "self.captured - self.refunded - self.reserved(OperationType.REFUND)", "self.captured - self.refunded"),
    ("payment", "self.authorized - gone - reserved - self.allotted", "self.authorized - gone - reserved"),
    ("commands", "amount > available or amount <= 0", "amount <= 0"),
    ("commands", "0 < amount <= order.open", "0 < amount"),
    # What is not known is never guessed.
    ("operation", "(OperationStatus.REQUESTED, OperationStatus.UNKNOWN, OperationStatus.PENDING)", "()"),
)
STORE = (
    # Of two that read the same, one writes.
    ("orders", "#version = :read{condition}", "#version >= :read{condition}"),
    ("orders", 'self._put(reference, "attribute_not_exists(pk)")', "self._put(reference)"),
    (
        "idempotency",
        "attribute_not_exists(pk) OR expires_epoch < :now",
        "attribute_not_exists(pk) OR expires_epoch <> :now",
    ),
    ("vendors", "{name} <= :room", "{name} <> :room"),
)


def picked(folder: Path) -> list[Mistake]:
    """Those in a folder of the package; what no longer stands there, or twice, is an error."""
    return [_mistake(folder / f"{name}.py", *texts) for name, *texts in (DOMAIN if folder.name == "domain" else STORE)]


def _mistake(path: Path, right: str, wrong: str) -> Mistake:
    source = path.read_text()
    before, _ = source.split(right)
    lines = range(before.count("\n") + 1, (before + right).count("\n") + 2)
    end = len(before) + len(right)
    return Mistake(path, source, lines, len(before), end, wrong, f"{right} becomes {wrong or 'nothing'}")
