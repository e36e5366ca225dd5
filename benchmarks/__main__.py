"""`make bench`: prints the bill of each flow and of an idle month, and what handlers cost."""

from benchmarks import handlers
from benchmarks.bill import cost, idle

if __name__ == "__main__":
    print(cost.report())
    print()
    print(idle.report())
    print()
    print(handlers.report())
