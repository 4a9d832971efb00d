"""Runs a program and measures it with all its children. Prints one JSON object; what the program prints goes to a file.

    python scripts/bench/torch_child.py OUTPUT PROGRAM ARGUMENTS...
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path


def main(output, *command):
    start = time.perf_counter()
    with Path(output).open("w") as file:
        code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    result = dict(
        code=code,
        wall=time.perf_counter() - start,
        processor=usage.ru_utime + usage.ru_stime,
        peakBytes=unit * usage.ru_maxrss,
    )
    print(json.dumps(result))


if __name__ == "__main__":
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "TRL_EXPERIMENTAL_SILENCE": "1"}
    main(*sys.argv[1:])
