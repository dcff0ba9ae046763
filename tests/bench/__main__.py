"""`python -m tests.bench NAME [--json]`: measures one thing, both sides of a comparison in the same run."""

import argparse
import importlib
import json
import os
import platform
import sys

NAMES = (
    "startup",
    "ui",
    "scan",
    "duplicates",
    "guess",
    "rows",
    "augment",
    "loader",
    "accuracy",
    "loop",
    "cached",
    "lrfind",
    "resume",
    "peers",
)


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"system": platform.platform(), "python": platform.python_version(), "cores": cores, "load": load}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--only", default="", help="for accuracy and lrfind: one data set")
    chosen = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch is imported, as our child has it
    bench = importlib.import_module(f"tests.bench.{chosen.name}")
    has_parts = chosen.name in ("accuracy", "lrfind")
    figures, skipped = bench.measure(chosen.only) if has_parts else bench.measure()
    result = {"bench": chosen.name, "figures": figures, "skipped": skipped, "machine": machine()}
    if chosen.json:
        print(json.dumps(result, allow_nan=False))
    else:
        print(f"{chosen.name}: {skipped or ''}")
        for name, value in figures.items():
            print(f"  {name:<32} {value:.4g}" if isinstance(value, float) else f"  {name:<32} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
