/** What the editor asks of the server: the seam at which tests put a fake. */
import type { Schema } from '$lib/api';
import type { Watch } from '$lib/calls/talking.svelte';
import type { FlowDocument } from '../model/document';
import type { Fault } from '../model/faults';

/** A flow in the list. */
export interface FlowHead {
  name: string;
  /** The version new calls use; null: none. */
  published: number | null;
  /** The draft differs from what is published. */
  changed: boolean;
  savedAt: string;
  savedBy: string;
}

export interface Draft {
  document: FlowDocument;
  /** What a save sends back, so that nobody's work is overwritten. */
  etag: string;
  savedAt: string;
  savedBy: string;
}

export interface Version {
  number: number;
  note: string;
  at: string;
  by: string;
  /** New calls use it. */
  published: boolean;
}

/** What forms offer: names of the project's parts. */
export interface Parts {
  /** By name: the arguments it takes. */
  tools: Readonly<Record<string, readonly string[]>>;
  catalogues: readonly string[];
  routes: readonly string[];
  /** Facts of the project that templates may read. */
  facts: readonly string[];
  flows: readonly string[];
}

/** One thing said in a trial, or something that happened there. */
export interface TrialLine {
  who: 'agent' | 'caller' | 'note';
  text: string;
}

/** What came of a turn of a trial. */
export interface TrialTurn {
  /** All that was said so far. */
  lines: readonly TrialLine[];
  /** `node.exit` of every token of the flow that is edited, in order. */
  path: readonly string[];
  /** The flow and the node that the call is at. */
  flow: string;
  node: string;
  /** How it ended; empty while it goes on. */
  outcome: string;
  /** Slots and variables that have a value. */
  values: Readonly<Record<string, string>>;
}

/** A call with the draft, by text. One by voice is a real call: see `Talking`. */
export interface Trial {
  turn: TrialTurn;
  say(text: string): Promise<TrialTurn>;
  /** The caller says nothing. */
  silent(): Promise<TrialTurn>;
  end(): Promise<void>;
}

export interface Checked {
  faults: readonly Fault[];
  /** By node: its exits, those of nodes that run another flow too. */
  exits: Readonly<Record<string, readonly string[]>>;
}

/** Somebody else who has the flow open. */
export interface Person {
  name: string;
  /** The node they have selected; empty: none. */
  node: string;
}

/** The server refused a save, for somebody else saved since. */
export class Stale extends Error {
  override name = 'Stale';

  constructor(readonly current: Draft) {
    super(`${current.savedBy || 'Somebody'} saved this flow while you were editing it.`);
  }
}

/** Publishing was refused: what has to be mended first. */
export class Faulty extends Error {
  override name = 'Faulty';

  constructor(
    message: string,
    readonly faults: readonly Fault[],
  ) {
    super(message);
  }
}

export interface Tower {
  readonly project: string;
  flows(): Promise<readonly FlowHead[]>;
  parts(): Promise<Parts>;
  draft(flow: string): Promise<Draft>;
  /** Makes a flow that is not there yet; without a document, one to begin with: a greeting, a question, a person. */
  create(flow: string, document?: FlowDocument): Promise<void>;
  /** Throws `Stale` when the draft is no longer what the ETag says. */
  save(flow: string, document: FlowDocument, etag: string): Promise<Draft>;
  check(flow: string, document: FlowDocument, signal: AbortSignal): Promise<Checked>;
  /** Publishes the draft as it was saved under this ETag; gives the version's number. Throws `Faulty`. */
  publish(flow: string, note: string, etag: string): Promise<number>;
  versions(flow: string): Promise<readonly Version[]>;
  /** The flow's document as it is in a version. */
  version(flow: string, number: number): Promise<FlowDocument>;
  rollback(flow: string, number: number): Promise<void>;
  /** The stored draft, or a version, as the text of a file. */
  written(flow: string, version: number | undefined, format: 'yaml' | 'json'): Promise<string>;
  /** The document in a text. Throws a `Problem` that names the place when it is none. */
  read(text: string): Promise<FlowDocument>;
  /** Says that one has the flow open, and tells who else has. */
  presence(flow: string, node: string): Promise<readonly Person[]>;
  /** One has closed it. */
  leave(flow: string): Promise<void>;
  trial(flow: string, document: FlowDocument): Promise<Trial>;
  /** A call by voice on a document as it is now: the way into its room. */
  call(flow: string, document: FlowDocument): Promise<Schema<'WayIn'>>;
  /** What happens in the project's calls. */
  watch: Watch;
}
