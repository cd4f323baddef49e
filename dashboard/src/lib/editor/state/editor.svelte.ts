/** An open flow: its document with its past, what is selected, and every command of the editor. */
import { fromClipboard, fragmentIn, toClipboard } from '../model/clipboard';
import { hasNode, nodesOf, spoken, type FlowDocument, type Path, type Value } from '../model/document';
import * as edits from '../model/edits';
import type { EndsOf } from '../model/exits';
import { History } from '../model/history.svelte';
import { kinds } from '../model/kinds';
import { Checking } from './checking.svelte';
import { Saving, type Timer } from './saving.svelte';
import type { Draft, Parts, Tower } from './tower';
import { Trying } from './trying.svelte';

/** A place in the inspector that should have the focus. `at` counts, so that the same place can be asked for again. */
export interface Sought {
  node: string;
  field: string;
  at: number;
}

export class Editor {
  readonly saving: Saving;
  readonly checking: Checking;
  readonly trying: Trying;
  readonly #history: History<FlowDocument>;
  #selected = $state.raw<readonly string[]>([]);
  #sought = $state.raw<Sought>({ node: '', field: '', at: 0 });
  #places = $state.raw<edits.Places>(edits.NOWHERE);
  /** The same while the ends are: what is drawn is kept by it. */
  readonly #endsOf = $derived.by((): EndsOf => {
    const { ends } = this.checking;
    return (flow) => ends[flow];
  });

  constructor(
    readonly tower: Tower,
    readonly flow: string,
    draft: Draft,
    readonly parts: Parts,
    timer?: Timer,
  ) {
    this.#history = new History(draft.document);
    this.saving = new Saving(tower, flow, draft, timer);
    this.checking = new Checking(tower, flow, timer);
    this.trying = new Trying(tower, flow);
  }

  get document(): FlowDocument {
    return this.#history.now;
  }

  get undoes(): string | undefined {
    return this.#history.undoes;
  }

  get redoes(): string | undefined {
    return this.#history.redoes;
  }

  get endsOf(): EndsOf {
    return this.#endsOf;
  }

  /** Names of the selected nodes, those that are still there. */
  get selected(): readonly string[] {
    return this.#selected.filter((name) => hasNode(this.document, name));
  }

  get sought(): Sought {
    return this.#sought;
  }

  /** Where nodes without a place of their own are drawn. */
  get places(): edits.Places {
    return this.#places;
  }

  select(names: readonly string[]): void {
    const unchanged =
      names.length === this.#selected.length && names.every((name, at) => this.#selected[at] === name);
    if (!unchanged) this.#selected = names;
  }

  /** Selects a node, brings it into view, and gives the focus to a field of it. */
  goTo(node: string, field = ''): void {
    if (node !== '') this.select([node]);
    else this.select([]);
    this.#sought = { node, field, at: this.#sought.at + 1 };
  }

  // Commands

  commit(document: FlowDocument, label: string, typing = ''): void {
    if (document === this.document) return;
    this.#history.commit(document, label, typing);
    this.#told();
  }

  /** The typing has come to rest. */
  rest(): void {
    this.#history.rest();
  }

  undo(): void {
    this.#history.undo();
    this.#told();
  }

  redo(): void {
    this.#history.redo();
    this.#told();
  }

  add(kind: string, at: edits.Point): string {
    const { document, name } = edits.addNode(this.document, kind, at);
    this.commit(document, `Add ${kinds.get(kind)?.title ?? kind}`);
    this.goTo(name);
    return name;
  }

  /** A new node at the end of an exit. */
  addAfter(from: string, exit: string, kind: string, at: edits.Point): void {
    const { document, name } = edits.addNode(this.document, kind, at);
    this.commit(edits.wire(document, from, exit, name), `Add ${kinds.get(kind)?.title ?? kind}`);
    this.goTo(name);
  }

  remove(names: readonly string[], wires: readonly { from: string; exit: string }[] = []): void {
    if (names.length === 0 && wires.length === 0) return;
    const unwired = wires.reduce(
      (document, { from, exit }) => edits.wire(document, from, exit, null),
      this.document,
    );
    const label = names.length === 0 ? 'Unwire' : `Delete ${named(names)}`;
    this.commit(names.length === 0 ? unwired : edits.removeNodes(unwired, names), label);
    this.select(this.selected);
  }

  rename(from: string, to: string): void {
    this.commit(edits.renameNode(this.document, from, to), `Rename ${from}`);
    if (hasNode(this.document, to)) this.select(this.#selected.map((name) => (name === from ? to : name)));
  }

  wire(from: string, exit: string, to: string | null): void {
    this.commit(
      edits.wire(this.document, from, exit, to),
      to === null ? `Unwire ${exit}` : `Wire ${exit} to ${to}`,
    );
  }

  setField(node: string, path: Path, value: Value | undefined): void {
    const place = [node, ...path].join('.');
    const label = `Change ${spoken(String(path[0]))} of ${node}`;
    this.commit(edits.setField(this.document, node, path, value), label, place);
  }

  /** A field of the flow itself. */
  setHead(path: Path, value: Value | undefined): void {
    const label = `Change ${spoken(String(path[0]))}`;
    this.commit(edits.setAt(this.document, path, value), label, path.join('.'));
  }

  setStart(name: string): void {
    this.commit(edits.setStart(this.document, name), `Begin at ${name}`);
  }

  /** Places nodes. Those that had no place of their own are given the one they were drawn at, all of them. */
  move(moved: edits.Places, label = 'Move', typing = ''): void {
    const places = edits.allPlaced(this.document, this.#places, moved);
    this.commit(edits.moveNodes(this.document, places), label, typing);
  }

  /** A layout for nodes nobody has placed: shown, but not yet part of the flow. */
  draw(places: edits.Places): void {
    this.#places = places;
  }

  copied(): string {
    return toClipboard(edits.fragmentOf(this.document, this.selected));
  }

  duplicate(): void {
    const nodes = edits.fragmentOf(this.document, this.selected);
    if (Object.keys(nodes.nodes).length > 0) this.#paste(nodes, edits.middleOf(nodes, 48), 'Duplicate');
  }

  /** Pastes nodes from a clipboard's text, JSON or (read by the server) YAML. False: there are none in it. */
  async paste(text: string, at: edits.Point): Promise<boolean> {
    const fragment = fromClipboard(text) ?? fragmentIn(await this.tower.read(text).catch(() => null));
    if (fragment === undefined) return false;
    this.#paste(fragment, at, 'Paste');
    return true;
  }

  /** Another document in place of this one, as one step that can be undone. */
  replace(document: FlowDocument, label: string): void {
    this.commit(document, label);
    this.select(this.selected);
  }

  stop(): void {
    this.saving.stop();
    this.checking.stop();
    void this.trying.stop();
  }

  #paste(fragment: edits.Fragment, at: edits.Point, label: string): void {
    const { document, names } = edits.paste(this.document, fragment, at);
    this.commit(document, `${label} ${named(names)}`);
    this.select(names);
  }

  #told(): void {
    this.saving.changed(this.document);
    this.checking.changed(this.document);
  }

  /** How many nodes there are. */
  get size(): number {
    return Object.keys(nodesOf(this.document)).length;
  }
}

function named(names: readonly string[]): string {
  return names.length === 1 ? String(names[0]) : `${names.length} nodes`;
}
