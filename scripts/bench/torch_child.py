"""
Runs a program and measures it with all its children. Prints one JSON object; what the program prints goes to a file.

    python scripts/bench/torch_child.py cpu|cuda OUTPUT PROGRAM ARGUMENTS...
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path


def main(device, output, *command):
    gpu = Gpu() if device == "cuda" else None
    start = time.perf_counter()
    with Path(output).open("w") as file:
        code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    result = dict(
        code=code,
        wall=time.perf_counter() - start,
        processor=usage.ru_utime + usage.ru_stime,
        peakBytes=gpu.peak() if gpu else unit * usage.ru_maxrss,
    )
    print(json.dumps(result))


class Gpu:
    """Memory of the GPU that is taken beyond what was taken before, looked at all the time."""

    def __init__(self):
        self.before = self.taken()
        self.most = self.before
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def taken(self):
        import torch

        free, total = torch.cuda.mem_get_info()
        return total - free

    def watch(self):
        while not self.ended.wait(0.02):
            self.most = max(self.most, self.taken())

    def peak(self):
        self.ended.set()
        self.thread.join()
        return self.most - self.before


if __name__ == "__main__":
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "TRL_EXPERIMENTAL_SILENCE": "1"}
    main(*sys.argv[1:])
