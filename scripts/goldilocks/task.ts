import type { Random } from './random';

/** The task: answer a request for some things of a kind. */

export const KINDS: Readonly<Record<string, readonly string[]>> = {
  fruits: words('apple pear plum fig lime grape mango peach kiwi melon cherry lemon'),
  colors: words('red blue green pink teal gold gray brown black white purple beige'),
  animals: words('cat dog fox owl bear deer wolf frog seal hare goat crow'),
  tools: words('saw axe drill file nail clamp level plane rasp hammer wrench chisel'),
  metals: words('iron tin zinc lead nickel silver copper cobalt chrome steel bronze brass'),
  rooms: words('attic hall kitchen bath cellar study porch garage pantry loft lobby den'),
};
export const COUNTS = { two: 2, three: 3, four: 4, five: 5, six: 6 };
const BEGINNINGS = ['Give me', 'I need', 'List', 'Name', 'Please list', 'Tell me', 'Think of', 'Write down'];

export interface Request {
  readonly prompt: string;
  readonly kind: string;
  readonly count: number;
}

/** Every request that there is. */
export const REQUESTS: readonly Request[] = Object.keys(KINDS).flatMap((kind) =>
  Object.entries(COUNTS).flatMap(([word, count]) =>
    BEGINNINGS.map((beginning) => ({ prompt: `${beginning} ${word} ${kind}.`, kind, count })),
  ),
);

/** Every word of requests and answers once, and their punctuation. */
export const VOCABULARY: readonly string[] = [
  ...new Set([
    ...[',', '.'],
    ...BEGINNINGS.flatMap(words),
    ...Object.keys(COUNTS),
    ...Object.entries(KINDS).flatMap(([kind, things]) => [kind, ...things]),
  ]),
];

/** Shares of what a careless writer gets wrong. */
const CARELESS = {
  /** Answers with as many things as were asked for; others end after any thing with a fixed chance. */
  counted: 0.2,
  ending: 0.33,
  foreign: 0.25,
  repeated: 0.05,
};
/** Things in an answer, at most: with the request they fit into 32 tokens. */
const MOST_THINGS = 11;

/** How a careless writer answers: the policy is fine-tuned on such answers, and preferences can improve on them. */
export function carelessAnswer({ kind, count }: Request, random: Random): string {
  const things: string[] = [];
  const length = answerLength(count, random);
  while (things.length < length) things.push(carelessThing(kind, things, random));
  return ` ${things.join(', ')}`;
}

function answerLength(count: number, random: Random): number {
  if (random.chance(CARELESS.counted)) return count;
  let length = 1;
  while (length < MOST_THINGS && !random.chance(CARELESS.ending)) length++;
  return length;
}

function carelessThing(kind: string, before: readonly string[], random: Random): string {
  if (random.chance(CARELESS.foreign)) return random.pick(thingsOf(random.pick(Object.keys(KINDS))));
  if (before.length > 0 && random.chance(CARELESS.repeated)) return random.pick(before);
  return random.pick(thingsOf(kind).filter((thing) => !before.includes(thing)));
}

function thingsOf(kind: string): readonly string[] {
  return KINDS[kind] ?? [];
}

function words(text: string): string[] {
  return text.split(' ');
}
