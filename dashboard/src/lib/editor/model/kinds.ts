/** The kinds of node: what the schema says of them, and how the editor begins one. */
import { definition, type Schema } from './schema';
import type { Mapping } from './document';

export interface Kind {
  name: string;
  title: string;
  /** One sentence, from the schema. */
  description: string;
  group: 'speak' | 'act' | 'route';
  /** Exits every node of the kind has. */
  exits: readonly string[];
  /** The field whose names are exits besides; `flow`: the ends of the flow that it names; empty: none. */
  exitsFrom: string;
  /** A node of the kind, as the palette adds it. */
  starter: Mapping;
  /** The field that tells most about a node, for its card. */
  says: readonly string[];
}

const groups = {
  speak: ['say', 'ask', 'intent', 'answer', 'talk'],
  act: ['lookup', 'order', 'transfer'],
  route: ['branch', 'run', 'end'],
} as const;

export const groupTitles: Readonly<Record<Kind['group'], string>> = {
  speak: 'Speak and listen',
  act: 'Do something',
  route: 'Lead on',
};

const says: Readonly<Record<string, readonly string[]>> = {
  say: ['say'],
  ask: ['say', 'slots'],
  intent: ['ask'],
  answer: ['ask'],
  talk: ['goal', 'opening'],
  lookup: ['tool'],
  order: ['ask'],
  transfer: ['say', 'to'],
  branch: ['when'],
  run: ['flow'],
  end: ['say'],
};

interface KindSchema extends Schema {
  readonly 'x-exits': readonly string[];
  readonly 'x-exits-from': string;
  readonly 'x-look': { readonly title: string; readonly help: string; readonly starter: Mapping };
}

function kind(name: string, group: Kind['group']): Kind {
  const schema = definition(`node_${name}`) as KindSchema;
  const { title, help, starter } = schema['x-look'];
  return {
    name,
    group,
    title,
    description: help,
    exits: schema['x-exits'],
    exitsFrom: schema['x-exits-from'],
    starter: { kind: name, ...starter },
    says: says[name] ?? [],
  };
}

/** By name, in the palette's order. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  (Object.keys(groups) as Kind['group'][]).flatMap((group) =>
    groups[group].map((name) => [name, kind(name, group)] as const),
  ),
);
