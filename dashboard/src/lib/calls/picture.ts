/** A running call, folded from the records of its log as they arrive. Pure: each record gives the next picture. */
import type { LiveEntry } from './live_calls';

/** Something that was said or done, as a line of the captions. */
export interface Caption {
  seq: number;
  at: string;
  who: 'caller' | 'agent' | 'person' | 'note';
  kind: 'words' | 'keys' | 'silence' | 'unheard' | 'action';
  text: string;
  /** The caller spoke over it. */
  cut: boolean;
  /** Being spoken at this moment: what is heard of it is not known yet. */
  speaking: boolean;
}

export interface Visit {
  seq: number;
  at: string;
  flow: string;
  node: string;
  exit: string;
  decidedBy: string;
}

export interface SlotValue {
  value: unknown;
  /** Heard, and not yet left behind with an exit: the call may still ask whether it is right. */
  open: boolean;
  /** Who set it by hand; empty: the caller said it. */
  by: string;
}

/** What became of a command: taken up, or refused with a reason. */
export interface Outcome {
  why: string;
}

export interface Picture {
  /** Records that were folded. */
  seq: number;
  captions: readonly Caption[];
  visits: readonly Visit[];
  slots: Readonly<Record<string, SlotValue>>;
  /** By the command's id. */
  commands: Readonly<Record<number, Outcome>>;
  /** Who talks to the caller in the agent's place; empty: the agent does. */
  takenOver: string;
  /** Turns whose times are known: the waterfall has grown. */
  timed: number;
}

export const blank: Picture = {
  seq: 0,
  captions: [],
  visits: [],
  slots: {},
  commands: {},
  takenOver: '',
  timed: 0,
};

/** The picture after a record. One that was folded before changes nothing: a stream that resumes may send it again. */
export function follow(picture: Picture, entry: LiveEntry): Picture {
  if (entry.seq < picture.seq) return picture;
  const next = { ...picture, seq: entry.seq + 1 };
  switch (entry.kind) {
    case 'event':
      return afterEvent(next, entry);
    case 'effect':
      return entry.type === 'say' ? speaking(next, entry) : next;
    case 'token':
      return afterVisit(next, entry);
    case 'note':
      return afterNote(next, entry);
  }
}

export function followAll(picture: Picture, entries: readonly LiveEntry[]): Picture {
  return entries.reduce(follow, picture);
}

function afterEvent(picture: Picture, entry: LiveEntry): Picture {
  const { data } = entry;
  switch (entry.type) {
    case 'caller_spoke':
      return said(picture, entry, { who: 'caller', text: word(data.text) });
    case 'key_pressed':
      return said(picture, entry, { who: 'caller', kind: 'keys', text: word(data.keys) });
    case 'caller_silent':
      return said(picture, entry, { who: 'caller', kind: 'silence' });
    case 'caller_unheard':
      return said(picture, entry, { who: 'caller', kind: 'unheard' });
    case 'spoken':
      return heard(picture, entry);
    case 'answered':
      return answered(picture, data.answer);
    case 'supervised':
      return supervised(picture, entry);
    case 'call_ended':
      return { ...picture, captions: picture.captions.filter((one) => !one.speaking) };
    default:
      return picture;
  }
}

function afterNote(picture: Picture, entry: LiveEntry): Picture {
  const { data } = entry;
  switch (entry.type) {
    case 'waiting_line':
    case 'trouble_line':
      return said(picture, entry, { who: 'agent', text: word(data.text) });
    case 'supervision_refused':
      return noted(
        { ...picture, commands: { ...picture.commands, [Number(data.command)]: { why: word(data.why) } } },
        entry,
        `Refused: ${word(data.why)}`,
      );
    case 'turn':
      return { ...picture, timed: picture.timed + 1 };
    default:
      return picture;
  }
}

function afterVisit(picture: Picture, { seq, at, data }: LiveEntry): Picture {
  const visit = {
    seq,
    at,
    flow: word(data.flow),
    node: word(data.node),
    exit: word(data.exit),
    decidedBy: word(data.decided_by),
  };
  const slots = { ...picture.slots };
  for (const [name, value] of Object.entries(fields(data.slots)))
    slots[name] = { value, open: false, by: slots[name]?.by ?? '' };
  return { ...picture, visits: [...picture.visits, visit], slots };
}

function speaking(picture: Picture, entry: LiveEntry): Picture {
  const text = word(entry.data.text);
  return text === '' ? picture : said(picture, entry, { who: 'agent', text, speaking: true });
}

/** A line reached the ear: it takes the place of the one that was being spoken. */
function heard(picture: Picture, entry: LiveEntry): Picture {
  const at = picture.captions.findIndex((one) => one.speaking);
  const text = word(entry.data.heard);
  const captions = picture.captions.filter((_, place) => place !== at);
  return text === ''
    ? { ...picture, captions }
    : said({ ...picture, captions }, entry, { who: 'agent', text, cut: entry.data.complete === false });
}

function answered(picture: Picture, answer: unknown): Picture {
  const readings = fields(answer).slots;
  if (!Array.isArray(readings) || readings.length === 0) return picture;
  const slots = { ...picture.slots };
  for (const reading of readings.map(fields))
    if (typeof reading.slot === 'string') slots[reading.slot] = { value: reading.value, open: true, by: '' };
  return { ...picture, slots };
}

function supervised(picture: Picture, entry: LiveEntry): Picture {
  const { action, by, name, value, command } = entry.data;
  const who = word(by);
  const commands = { ...picture.commands, [Number(command)]: { why: '' } };
  const line = deedOf(entry.data);
  const done = line === '' ? { ...picture, commands } : noted({ ...picture, commands }, entry, line);
  switch (action) {
    case 'set_slot':
      return { ...done, slots: { ...picture.slots, [word(name)]: { value, open: false, by: who } } };
    case 'take_over':
      return { ...done, takenOver: who };
    case 'hand_back':
      return { ...done, takenOver: '' };
    default:
      return done;
  }
}

/** What somebody did to a call, by the event `supervised` of its log; empty: this page does not know it. */
export function deedOf({ action, by, name, value }: Readonly<Record<string, unknown>>): string {
  const who = word(by);
  switch (action) {
    case 'set_slot':
      return `${who} set ${word(name)} to ${shown(value)}`;
    case 'choose_exit':
      return `${who} chose the exit ${word(name)}`;
    case 'say':
      return `${who} had the agent say a line`;
    case 'take_over':
      return `${who} took the call over`;
    case 'hand_back':
      return who === 'tollfree' ? 'Handed back: nobody was there any more' : `${who} handed the call back`;
    case 'hang_up':
      return `${who} hung up`;
    default:
      return '';
  }
}

/** Lines that are still being spoken stay last. */
function said(picture: Picture, { seq, at }: LiveEntry, more: Partial<Caption>): Picture {
  const caption: Caption = {
    seq,
    at,
    who: 'note',
    kind: 'words',
    text: '',
    cut: false,
    speaking: false,
    ...more,
  };
  const done = picture.captions.filter((one) => !one.speaking);
  const open = picture.captions.filter((one) => one.speaking);
  return {
    ...picture,
    captions: caption.speaking ? [...done, ...open, caption] : [...done, caption, ...open],
  };
}

function noted(picture: Picture, entry: LiveEntry, text: string): Picture {
  return said(picture, entry, { who: 'note', kind: 'action', text });
}

/** The captions, and after them the caller's words whose turn is not over: no log has them yet. */
export function withUnfinished(captions: readonly Caption[], words: string): readonly Caption[] {
  const last = captions.findLast((one) => one.who === 'caller');
  if (words === '' || last?.text === words) return captions;
  const unfinished = { who: 'caller', kind: 'words', text: words, cut: false, speaking: true } as const;
  return [...captions, { ...unfinished, seq: -1, at: '' }];
}

/** A value as one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(shown).join(', ');
  if (typeof value !== 'object') return String(value);
  const parts = fields(value);
  if (typeof parts.name === 'string' && typeof parts.sku === 'string') return parts.name;
  return Object.entries(parts)
    .map(([name, part]) => `${name} ${shown(part)}`)
    .join(', ');
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
