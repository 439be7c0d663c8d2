"""The benchmarks by name: `python3 dev.py bench taking_time --only sqlite`."""

import runpy
import sys
from pathlib import Path

NOT_THEM = {"__init__", "__main__", "copying", "harness", "made_year"}


def main() -> int:
    """Run the benchmark that is named, with the options after its name."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    names = [name for name in names if name not in NOT_THEM]
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        print(
            f"usage: bench {{{','.join(names)}}} [options]; --help after a name lists its options"
        )
        return 2
    del sys.argv[0]
    runpy.run_module(f"bench.{sys.argv[0]}", run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
