"""Every minute: handles what is due and nothing else has done (TH-9, GO-4): outcomes, authorizations, lost windows."""

from typing import Any

from tillgate.runtime.telemetry import logger
from tillgate.store.shared.due_index import DUE_SHARDS
from tillgate.use_cases.orders.meet_deadlines import sweep
from tillgate.use_cases.psp.apply_notification import try_parked_again
from tillgate.use_cases.shoppers.saved_instruments import settle_instruments
from tillgate.wiring import system

MOST_A_SHARD = 25  # the rest comes first a minute later
SECONDS = 30.0  # then no more are started: one takes 20 at most, and a new sweep starts every minute


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    parked = try_parked_again(system(), MOST_A_SHARD)
    instruments = settle_instruments(system(), MOST_A_SHARD)
    done = sweep(system(), DUE_SHARDS, MOST_A_SHARD, seconds=SECONDS)
    logger.info("swept", extra={"orders": done, "parked": parked, "instruments": instruments})
    return {"orders": done}
