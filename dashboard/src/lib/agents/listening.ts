/** The thresholds by which callers are listened to, of the server's schema: grouped, named and explained for people. */
import { measured } from '$lib/forms/words';

export interface Threshold {
  name: string;
  title: string;
  unit: string;
  help: string;
  /** The installation's value. */
  installed: number;
  least?: number;
  most?: number;
  whole: boolean;
}

export interface ThresholdGroup {
  title: string;
  text: string;
  thresholds: Threshold[];
}

/** What is in an agent's settings of it. */
export type Own = Record<string, unknown>;

interface Property {
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  type?: string;
}

/** The few that are changed for a reason one hears; the rest stands under what it is about. */
const groups: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'Interruptions',
    'When the agent falls silent because the caller speaks over it.',
    [
      'barge_gate_ms',
      'doubtful_gate_ms',
      'speech_over_agent_ms',
      'backchannel_longest_ms',
      'interim_words',
      'doubtful_confidence',
      'verdict_ms',
      'pause_longest_ms',
      'rejoin_ms',
      'answer_within_ms',
    ],
  ],
  [
    'The end of what callers say',
    'How long the agent waits before it takes a turn for finished. Higher: it cuts nobody off. Lower: it answers sooner.',
    [
      'likely_bonus',
      'likely_numbers',
      'offer_after_ms',
      'quick_offer_after_ms',
      'late_transcript_ms',
      'longest_turn_s',
    ],
  ],
  ['Keys', 'What is pressed on the telephone.', ['between_keys_ms', 'lone_key_ms']],
  [
    'Noise and quiet voices',
    'What counts as speech on a poor line.',
    [
      'onset_probability',
      'again_probability',
      'offset_probability',
      'above_noise_db',
      'below_loudest_db',
      'onset_ms',
      'shortest_speech_ms',
      'pre_roll_ms',
      'weak_ms',
      'nothing_ms',
      'unheard_ms',
      'clear_speech_ms',
      'unheard_speech_ms',
    ],
  ],
];

/** Every number of the schema in its group; those that no group names stand in the last one. */
export function grouped(schema: unknown): ThresholdGroup[] {
  const properties = ((schema as { properties?: Record<string, Property> } | null)?.properties ??
    {}) as Record<string, Property>;
  const rest = new Set(Object.keys(properties));
  const named = groups.map(([title, text, names]) => ({
    title,
    text,
    thresholds: of(properties, names, rest),
  }));
  const others = of(properties, [...rest], rest);
  const all = [
    ...named,
    { title: 'Other thresholds', text: 'Echo, interim text and the rest.', thresholds: others },
  ];
  return all.filter(({ thresholds }) => thresholds.length > 0);
}

function of(properties: Record<string, Property>, names: readonly string[], rest: Set<string>): Threshold[] {
  return names.flatMap((name) => {
    const found = properties[name];
    if (found === undefined || typeof found.default !== 'number') return [];
    rest.delete(name);
    const help = (found.description ?? '').replace(/\s+/g, ' ').trim();
    return [
      {
        name,
        ...measured(name),
        help,
        installed: found.default,
        least: found.minimum,
        most: found.maximum,
        whole: found.type === 'integer',
      },
    ];
  });
}

/** The patience of the installation for each kind of question, in milliseconds, with the agent's own over it. */
export function patience(schema: unknown, own: Own): Record<string, Record<string, number>> {
  const installed = (schema as { properties?: { patience?: Property } } | null)?.properties?.patience
    ?.default;
  const table = (isTable(installed) ? installed : {}) as Record<string, Record<string, number>>;
  const changed = (isTable(own.patience) ? own.patience : {}) as Record<string, Record<string, number>>;
  return Object.fromEntries(
    Object.entries(table).map(([kind, row]) => [kind, { ...row, ...(changed[kind] ?? {}) }]),
  );
}

/** The agent's own settings with one threshold changed; `undefined`: the installation's counts again. */
export function withThreshold(own: Own, name: string, value: number | undefined): Own {
  const rest = Object.fromEntries(Object.entries(own).filter(([each]) => each !== name));
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** The same for one number of the table of patience. */
export function withPatience(own: Own, kind: string, field: string, value: number | undefined): Own {
  const table = (isTable(own.patience) ? own.patience : {}) as Record<string, Own>;
  const row = withThreshold(table[kind] ?? {}, field, value);
  const others = Object.fromEntries(Object.entries(table).filter(([each]) => each !== kind));
  const changed = Object.keys(row).length ? { ...others, [kind]: row } : others;
  const rest = Object.fromEntries(Object.entries(own).filter(([each]) => each !== 'patience'));
  return Object.keys(changed).length ? { ...rest, patience: changed } : rest;
}

/** How many numbers of a group are the agent's own. */
export function changedIn(group: ThresholdGroup, own: Own): number {
  return group.thresholds.filter(({ name }) => own[name] !== undefined).length;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
