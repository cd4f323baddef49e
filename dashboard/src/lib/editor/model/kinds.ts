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
  /** A node of the kind, as the palette adds it. */
  blank: Mapping;
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

const titles: Readonly<Record<string, string>> = {
  say: 'Say',
  ask: 'Ask',
  intent: 'Intent',
  answer: 'Answer',
  talk: 'Talk',
  lookup: 'Look up',
  order: 'Order',
  transfer: 'Transfer',
  branch: 'Branch',
  run: 'Run a flow',
  end: 'End',
};

const blanks: Readonly<Record<string, Mapping>> = {
  say: { say: '' },
  ask: { slots: {} },
  intent: { ask: '', intents: {} },
  answer: { ask: '' },
  talk: { goal: '', outcomes: {} },
  lookup: { tool: '', with: {} },
  order: { catalogue: '', ask: '' },
  transfer: { to: '' },
  branch: { when: [] },
  run: { flow: '' },
  end: {},
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

function kind(name: string, group: Kind['group']): Kind {
  const schema = definition(`node_${name}`) as Schema & { 'x-exits'?: readonly string[] };
  return {
    name,
    group,
    title: titles[name] ?? name,
    description: schema.description ?? '',
    exits: schema['x-exits'] ?? [],
    blank: { kind: name, ...blanks[name] },
    says: says[name] ?? [],
  };
}

/** By name, in the palette's order. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  (Object.keys(groups) as Kind['group'][]).flatMap((group) =>
    groups[group].map((name) => [name, kind(name, group)] as const),
  ),
);
