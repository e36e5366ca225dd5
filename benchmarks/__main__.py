"""`make bench`: prints both benchmarks."""

from benchmarks import cost, imports

if __name__ == "__main__":
    print(cost.report())
    print()
    print(imports.report())
