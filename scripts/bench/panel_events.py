"""Writes the event file of TensorBoard for a run: panel_events.py FOLDER STEPS METRIC..."""

import math
import sys

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

folder, steps, metrics = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
writer = EventFileWriter(folder, max_queue_size=100_000)
seed = 1
for step in range(1, steps + 1):
    values = []
    for metric in metrics:
        seed = (1103515245 * seed + 12345) % 2147483648
        value = 5 * math.exp(-step / 40_000) + seed / 2147483648
        values.append(Summary.Value(tag=f"train/{metric}", simple_value=value))
    writer.add_event(Event(step=step, wall_time=1.7e9 + step, summary=Summary(value=values)))
writer.close()
