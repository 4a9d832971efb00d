import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lease } from '../../src/node/runs/lease';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import { isAlive, stage, until } from './support';

describe('a lease', () => {
  it('holds until a later attempt is made', () => {
    const folder = write(temporaryFolder(), { 'attempts/1': '', 'attempts/2': '', 'attempts/notes.txt': '' });
    expect([new Lease(folder, 1).isTaken, new Lease(folder, 2).isTaken]).toEqual([true, false]);
    writeFileSync(path.join(folder, 'attempts/3'), '');
    expect(new Lease(folder, 2).isTaken).toBe(true);
    expect(new Lease(temporaryFolder(), 0).isTaken).toBe(false);
  });
});

describe('a job whose run another machine has claimed', () => {
  it('ends its trainer and writes nothing more', async () => {
    const play = stage(['is deaf']);
    const done = play.runJob();
    await until(async () => (await play.read()).state === 'running');
    const trainer = play.pid('trainer.pid');
    expect(readdirSync(path.join(play.folderOf(), 'attempts'))).toEqual(['1']);
    writeFileSync(path.join(play.folderOf(), 'attempts/2'), '');
    const other = JSON.stringify({
      format: 2,
      state: 'running',
      step: 3,
      host: 'elsewhere',
      heartbeat: Date.now(),
    });
    writeFileSync(path.join(play.folderOf(), 'status.json'), other);
    const events = play.text('events.jsonl');
    await done;
    expect(isAlive(trainer)).toBe(false);
    expect(readFileSync(path.join(play.folderOf(), 'status.json'), 'utf8')).toBe(other);
    expect(play.text('events.jsonl')).toBe(events);
  });
});
