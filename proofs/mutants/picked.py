"""Hand-picked mistakes that would cost money: CI makes each of them, and tests must notice (ONE-3)."""

from pathlib import Path

from proofs.mutants.mistakes import Mistake

DOMAIN = (
    # The lifecycle's table.
    (
        "payments/lifecycle",
        "Step(S.PROCESSING, Cause.REFUSED, S.FAILED)",
        "Step(S.PROCESSING, Cause.REFUSED, S.EXPIRED)",
    ),
    ("payments/lifecycle", "Step(S.AUTHORIZED, Cause.CANCELLED, S.CANCELLED),", ""),
    ("payments/lifecycle", "(source, cause, target, capture) not in _STEPS", "False"),
    # What is reserved while its outcome is open.
    ("payments/payment", "if op.type is kind and op.status.at_psp", "if False"),
    ("payments/payment", " - self.reserved(OperationType.CAPTURE)", ""),
    (
        "payments/payment",
        "self.taken - self.refunded - self.disputed - self.reserved(OperationType.REFUND)",
        "self.taken - self.refunded - self.disputed",
    ),
    ("payments/payment", " - gone - reserved - self.allotted", " - gone - reserved"),
    # What had failed may be another vendor's by now.
    ("psp/facts", " or was_given_up(order, operation)", ""),
    ("orders/operating", "amount > available or amount <= 0", "amount <= 0"),
    ("orders/starting", "0 < amount <= most", "0 < amount"),
    # A vendor's new account waits for its time, or for somebody else.
    ("merchants/vendor", "if new and now >= new.valid_from else", "if new else"),
    ("merchants/vendor", "if _same(by, new.asked_by):", "if False:"),
    ("merchants/vendor", "if now > new.valid_from - TOO_LATE:", "if False:"),
    # What is not known is never guessed.
    ("payments/operations", "(OperationStatus.REQUESTED, OperationStatus.UNKNOWN, OperationStatus.PENDING)", "()"),
)
STORE = (
    # Of two that read the same, one writes.
    ("orders/saving", "#version = :read{condition}", "#version >= :read{condition}"),
    ("orders/saving", '_put(table, reference, "attribute_not_exists(pk)")', "_put(table, reference)"),
    (
        "shared/idempotency",
        "attribute_not_exists(pk) OR expires_epoch < :now",
        "attribute_not_exists(pk) OR expires_epoch <> :now",
    ),
    ("orders/vendor_sums", "{name} <= :room", "{name} <> :room"),
)


def picked(folder: Path) -> list[Mistake]:
    """Those in a folder of the package; it is an error if a text is not there exactly once."""
    return [_mistake(folder / f"{name}.py", *texts) for name, *texts in (DOMAIN if folder.name == "domain" else STORE)]


def _mistake(path: Path, right: str, wrong: str) -> Mistake:
    source = path.read_text()
    before, _ = source.split(right)
    lines = range(before.count("\n") + 1, (before + right).count("\n") + 2)
    end = len(before) + len(right)
    return Mistake(path, source, lines, len(before), end, wrong, f"{right} becomes {wrong or 'nothing'}")
