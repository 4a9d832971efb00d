import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { maskedCrc32c } from '../../../src/node/import/crc32c';

/** Small folders of runs as other trainers leave them, of our own making. */

export function write(folder: string, name: string, content: string | Buffer): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Reads the lines of a run's metrics. */
export function metricsIn(
  runFolder: string,
): { step: number; split: string; time: number; values: Record<string, unknown> }[] {
  const text = readFileSync(path.join(runFolder, 'metrics.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export const TRAINER_STATE = `{
  "global_step": 4, "max_steps": 8,
  "log_history": [
    {"epoch": 0.25, "loss": 0.6931, "learning_rate": 5e-07, "rewards/chosen": 0.0, "rewards/rejected": 0.0, "rewards/margins": 0.0, "rewards/accuracies": 0.0, "step": 2},
    {"epoch": 0.5, "loss": NaN, "grad_norm": Infinity, "rewards/chosen": 0.2, "rewards/rejected": -0.1, "rewards/margins": 0.3, "step": 4},
    {"epoch": 0.5, "eval_loss": 0.61, "eval_rewards/margins": 0.25, "eval_runtime": 1.5, "step": 4}
  ]
}`;

/** An event file of TensorBoard: records with both CRCs. */
export function eventFile(
  events: readonly { wall: number; step: number; tag: string; value: number | string }[],
): Buffer {
  return Buffer.concat(
    events.map(({ wall, step, tag, value }) => {
      const summary =
        typeof value === 'number'
          ? Buffer.concat([bytes(1, Buffer.from(tag)), Buffer.from([0x15]), float(value)])
          : Buffer.concat([bytes(1, Buffer.from(tag)), bytes(8, bytes(8, Buffer.from(value)))]);
      const time = Buffer.alloc(8);
      time.writeDoubleLE(wall);
      const event = Buffer.concat([
        Buffer.from([0x09]),
        time,
        Buffer.from([0x10]),
        varint(step),
        bytes(5, bytes(1, summary)),
      ]);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(event.length));
      return Buffer.concat([length, word(maskedCrc32c(length)), event, word(maskedCrc32c(event))]);
    }),
  );
}

/** A wandb offline file with a config and rows of history. */
export function wandbFile(config: Record<string, unknown>, rows: readonly Record<string, unknown>[]): Buffer {
  const item = (key: string, value: unknown) =>
    bytes(
      1,
      Buffer.concat([
        bytes(1, Buffer.from(key)),
        bytes(16, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))),
      ]),
    );
  const items = (fields: Record<string, unknown>) =>
    Buffer.concat(Object.entries(fields).map(([key, value]) => item(key, value)));
  const records = [bytes(17, bytes(4, items(config))), ...rows.map((row) => bytes(2, items(row)))];
  let file = Buffer.concat([Buffer.from(':W&B'), Buffer.from([0xe1, 0xbe, 0])]);
  for (const record of records) {
    for (let at = 0, first = true; at < record.length; first = false) {
      const left = 32768 - (file.length % 32768);
      const part = record.subarray(at, at + left - 7);
      at += part.length;
      const isLast = at === record.length;
      const kind = first ? (isLast ? 1 : 2) : isLast ? 4 : 3;
      const body = Buffer.concat([Buffer.from([kind]), part]);
      const length = Buffer.alloc(2);
      length.writeUInt16LE(part.length);
      file = Buffer.concat([file, word(crc32(body)), length, body]);
    }
  }
  return file;
}

function bytes(id: number, content: Buffer): Buffer {
  return Buffer.concat([varint(id * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) out.push((left % 128) + 128);
  return Buffer.from([...out, left]);
}

function word(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
}

function float(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return buffer;
}
