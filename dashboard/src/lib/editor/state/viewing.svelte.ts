/** What the canvas shows besides the draft: a version, a call's path on it, or what changed between two versions. */
import { nodeChanges, together, type NodeChange } from '../model/diff';
import type { FlowDocument } from '../model/document';
import { DARK, litBy, type Lit } from '../model/path';
import { Editor } from './editor.svelte';
import type { Parts, Tower } from './tower';

export interface Shown {
  /** For reading: its document is what is on the canvas. */
  editor: Editor;
  title: string;
  version: number | undefined;
  lit: Lit;
  changes: ReadonlyMap<string, NodeChange> | undefined;
  before: FlowDocument | undefined;
  after: FlowDocument | undefined;
}

export class Viewing {
  #shown = $state.raw<Shown>();

  constructor(
    private readonly tower: Tower,
    private readonly flow: string,
    private readonly parts: Parts,
  ) {}

  /** Undefined: the draft. */
  get shown(): Shown | undefined {
    return this.#shown;
  }

  close(): void {
    this.#shown = undefined;
  }

  /** A version; with a path, the path of a call on it. */
  async version(number: number, path: readonly string[] = []): Promise<void> {
    const document = await this.tower.version(this.flow, number);
    const name = number < 0 ? 'a tried draft' : `version ${number}`;
    const title = path.length > 0 ? `A call’s path on ${name}` : `Version ${number}`;
    const lit = path.length > 0 ? litBy(path) : DARK;
    this.#show(
      { title, version: number, lit, changes: undefined, before: undefined, after: undefined },
      document,
    );
  }

  /** What changed from a version to another, or to a draft. */
  async compare(from: number, to: number | FlowDocument): Promise<void> {
    const before = await this.tower.version(this.flow, from);
    const after = typeof to === 'number' ? await this.tower.version(this.flow, to) : to;
    const title = `From version ${from} to ${typeof to === 'number' ? `version ${to}` : 'the draft'}`;
    const changes = nodeChanges(before, after);
    this.#show(
      { title, version: typeof to === 'number' ? to : from, lit: DARK, changes, before, after },
      together(before, after),
    );
  }

  #show(what: Omit<Shown, 'editor'>, document: FlowDocument): void {
    const draft = { document, etag: '', savedAt: '', savedBy: '' };
    this.#shown = { ...what, editor: new Editor(this.tower, this.flow, draft, this.parts) };
  }
}
