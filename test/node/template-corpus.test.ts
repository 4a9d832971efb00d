import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ChatTemplate } from '../../src/node/templates/jinja/chat-template';

/**
 * What transformers makes of templates, recorded by test/templates/record_templates.py. Public templates belong to
 * others: they are read where somebody has put them, and of each only its hash is in this repository.
 */
const HERE = path.resolve(import.meta.dirname, '../templates');
const PUBLIC = path.resolve(import.meta.dirname, '../../../shared/templates');
const NOW = new Date('2026-03-07T09:05:02Z');
const TOKENS = { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' };

interface Conversation {
  readonly name: string;
  readonly messages: readonly object[];
  readonly tools?: readonly object[];
  readonly add_generation_prompt?: boolean;
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

interface Recorded {
  readonly name: string;
  /** SHA-256. */
  readonly template: string;
  /** SHA-256 of each text; null where the template refuses the conversation. */
  readonly texts: readonly (string | null)[];
}

const conversations = readJson('conversations.json') as readonly Conversation[];

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(path.join(HERE, name), 'utf8'));
}

function recorded(name: string): readonly Recorded[] {
  return (readJson(name) as { readonly templates: readonly Recorded[] }).templates;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Templates below a folder, by their hashes. */
function templatesBelow(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.jinja'),
  );
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').replace(/^\ufeff/, ''));
  return new Map(texts.map((text) => [sha256(text), text]));
}

function textsOf(template: string): (string | null)[] {
  return conversations.map(({ messages, tools, add_generation_prompt = false, kwargs }) => {
    const values = {
      ...TOKENS,
      messages,
      tools: tools ?? null,
      documents: null,
      add_generation_prompt,
      ...kwargs,
    };
    try {
      return sha256(new ChatTemplate(template, NOW).render(values));
    } catch {
      return null;
    }
  });
}

function compare(name: string, templates: ReadonlyMap<string, string>): void {
  it.each(recorded(name).map((entry) => [entry.name, entry] as const))('%s', (_, { template, texts }) => {
    const text = templates.get(template);
    expect(text).toBeDefined();
    expect(textsOf(text ?? '')).toEqual(texts);
  });
}

describe('templates of our own are rendered as by transformers', () => {
  compare('recorded-own.json', templatesBelow(path.join(HERE, 'own')));
});

if (existsSync(PUBLIC)) {
  describe('public templates are rendered as by transformers', () => {
    compare('recorded-public.json', templatesBelow(PUBLIC));
  });
} else console.log(`Public templates are not compared: ${PUBLIC} does not exist.`);
