"""What handlers cost beside a bare botocore handler, warm and cold, in one run: product and floor take turns."""

from benchmarks import cold, layers, warm


def report() -> str:
    with warm.stand_in() as url, warm.worker("product", url) as product:
        warmed = warm.ratios(url, product)
        started = cold.ratios(url, product) if layers.emulator() else {}
    lines = [
        "What a handler costs (CPU, milliseconds; floor: botocore alone makes the same DynamoDB calls)",
        "",
        "| handler | warm | floor | ratio | init and first call | floor | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, one in warmed.items():
        found = started.get(name)
        first = f"{found.product.cpu:.0f} | {found.floor.cpu:.0f} | {found.ratio:.2f}" if found else "- | - | -"
        lines.append(f"| {name} | {one.product:.2f} | {one.floor:.2f} | {one.ratio:.2f} | {first} |")
    if not started:
        lines.append("\nThe emulator of Lambda's runtime runs on Linux alone: no cold starts here.")
    return "\n".join(lines)
