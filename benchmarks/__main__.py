"""`make bench`: prints both benchmarks."""

from benchmarks import cost, handlers

if __name__ == "__main__":
    print(cost.report())
    print()
    print(handlers.report())
