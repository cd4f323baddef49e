/** What the editor's page does besides editing: what is on the canvas, which dialog is open, and every key's command. */
import { tick } from 'svelte';
import { toasts } from '$lib/ui';
import type { CanvasView } from '../canvas/View.svelte';
import { mapping, nodeOf, nodesOf, placeOf } from '../model/document';
import type { Point } from '../model/edits';
import { exitsOf } from '../model/exits';
import { picture, placesIn, WIDTH, type Picture } from '../model/graph';
import { layout } from '../model/layout';
import { download } from '../panels/download';
import type { Editor } from './editor.svelte';
import { commandOf, typesInto, type Command } from './keys';
import { Presence } from './presence.svelte';
import { Viewing } from './viewing.svelte';

/** Pixels: how high a new node may be, and what is left between two. */
const NEW_HEIGHT = 220;
const GAP = 24;

export type Side = 'edit' | 'faults' | 'try' | 'versions';
export type Dialog = '' | 'publish' | 'import' | 'keys' | 'stale' | 'connect';

/** An exit that is to lead somewhere. */
export interface Joining {
  from: string;
  exit: string;
  /** Where its wire was dropped on nothing. */
  at?: Point;
}

export class Workbench {
  readonly viewing: Viewing;
  readonly presence: Presence;
  side = $state<Side>('edit');
  dialog = $state<Dialog>('');
  joining = $state.raw<Joining>({ from: '', exit: '' });
  view = $state.raw<CanvasView>();
  searchField = $state.raw<HTMLInputElement>();
  #published = $state(0);
  #last: Picture | undefined;

  readonly #drawn = $derived.by(() => (this.#last = this.#picture()));

  constructor(
    readonly editor: Editor,
    readonly mayEdit: boolean,
  ) {
    this.viewing = new Viewing(editor.tower, editor.flow, editor.parts);
    this.presence = new Presence(editor.tower, editor.flow, () => editor.selected[0] ?? '');
  }

  /** What is on the canvas: the draft, or what is looked at. */
  get shown(): Editor {
    return this.viewing.shown?.editor ?? this.editor;
  }

  get readOnly(): boolean {
    return !this.mayEdit || this.viewing.shown !== undefined;
  }

  /** Counts what was published and rolled back here. */
  get published(): number {
    return this.#published;
  }

  get drawn(): Picture {
    return this.#drawn;
  }

  #picture(): Picture {
    const looked = this.viewing.shown;
    const looks = {
      endsOf: this.editor.endsOf,
      faults: looked ? undefined : this.editor.checking.byNode,
      lit: looked ? looked.lit : this.editor.trying.lit,
      changes: looked?.changes,
      before: looked?.before,
      places: this.shown.places,
    };
    return picture(this.shown.document, looks, this.#last);
  }

  /** Whether nodes are there that nobody has placed, and no layout yet. */
  get unplaced(): boolean {
    const nodes = Object.values(nodesOf(this.shown.document));
    return this.shown.places.size === 0 && nodes.some((node) => placeOf(mapping(node)) === undefined);
  }

  /** Draws nodes that nobody has placed where a layout puts them. */
  async draw(): Promise<void> {
    const now = this.shown;
    now.draw(await this.#laidOut());
    await tick();
    this.view?.begin();
  }

  async arrange(): Promise<void> {
    this.editor.move(await this.#laidOut(), 'Arrange');
    await tick();
    this.view?.fit();
  }

  async #laidOut(): Promise<ReadonlyMap<string, Point>> {
    try {
      return await layout(this.drawn);
    } catch (error) {
      toasts.fail(error);
      return placesIn(this.drawn);
    }
  }

  /** A version in place of the draft, or what changed between two; with a path, lit. */
  async look(show: (viewing: Viewing) => Promise<void>): Promise<void> {
    try {
      await show(this.viewing);
      await tick();
      const looked = this.viewing.shown;
      if (looked?.lit.at) this.view?.reveal([...looked.lit.nodes.keys()]);
    } catch (error) {
      toasts.fail(error);
    }
  }

  // Placing

  /** Puts a new node into the middle of the canvas. */
  add(kind: string): void {
    const middle = this.#middle();
    const name = this.editor.add(kind, this.#free({ x: middle.x - WIDTH / 2, y: middle.y - 60 }));
    void tick().then(() => this.view?.focus(name));
  }

  /** Puts a new node at the end of the exit that is to lead somewhere: where its wire was dropped, or to the right. */
  addAfter(kind: string): void {
    const { from, exit, at } = this.joining;
    const place = this.drawn.nodes.find((node) => node.id === from)?.position ?? { x: 0, y: 0 };
    const beside = at ? { x: at.x, y: at.y - 26 } : { x: place.x + WIDTH + 96, y: place.y };
    this.editor.addAfter(from, exit, kind, this.#free(beside));
  }

  connect(from: string, exit: string, at?: Point): void {
    this.joining = { from, exit, at };
    this.dialog = 'connect';
  }

  #middle(): Point {
    return this.view?.middle() ?? { x: 0, y: 0 };
  }

  /** That place, or the next one below it where a new node covers no other. */
  #free(at: Point): Point {
    const covered = (y: number) =>
      this.drawn.nodes.find(
        ({ position, width, height }) =>
          Math.abs(position.x - at.x) < width && position.y < y + NEW_HEIGHT && y < position.y + height + GAP,
      );
    let { y } = at;
    for (let below = covered(y); below; below = covered(y)) y = below.position.y + below.height + GAP;
    return { x: at.x, y };
  }

  // Publishing

  async publish(note: string): Promise<void> {
    const { editor } = this;
    if (!(await editor.saving.flush()))
      throw new Error('The draft could not be saved, so it was not published.');
    const made = await editor.tower.publish(editor.flow, note, editor.saving.stored.etag);
    this.#published += 1;
    toasts.show(`Version ${made} is published. New calls use it.`);
  }

  async rollback(to: number): Promise<void> {
    await this.editor.tower.rollback(this.editor.flow, to);
    this.#published += 1;
    toasts.show(`New calls use version ${to} again.`);
  }

  /** What is on the canvas as a file. */
  async exported(format: 'yaml' | 'json'): Promise<void> {
    const { editor, viewing } = this;
    try {
      if (!this.readOnly) await editor.saving.flush();
      const text = await editor.tower.written(editor.flow, viewing.shown?.version, format);
      download(`${editor.flow}.${format}`, text);
    } catch (error) {
      toasts.fail(error);
    }
  }

  // Keys

  keyed(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.dialog !== '') return;
    const command = commandOf(event, typesInto(event.target));
    if (command === undefined) return;
    event.preventDefault();
    this.#does(command);
  }

  #does(command: Command): void {
    const { editor, shown } = this;
    const [first] = shown.selected;
    switch (command) {
      case 'search':
        return this.searchField?.focus();
      case 'select-all':
        return shown.select(Object.keys(nodesOf(shown.document)));
      case 'select-none':
        return shown.select([]);
      case 'edit':
        return first === undefined ? undefined : shown.goTo(first, firstField(shown, first));
    }
    if (this.readOnly) return;
    if (command === 'undo') editor.undo();
    else if (command === 'redo') editor.redo();
    else if (command === 'save') void editor.saving.flush();
    else if (command === 'duplicate') editor.duplicate();
    else if (first !== undefined) this.#connectFrom(first);
  }

  #connectFrom(node: string): void {
    const exits = exitsOf(nodeOf(this.editor.document, node), this.editor.endsOf);
    const exit = exits.find((one) => one.to === '') ?? exits[0];
    if (exit) this.connect(node, exit.name);
  }

  copied(event: ClipboardEvent, cut: boolean): void {
    if (typesInto(event.target) || this.dialog !== '' || this.shown.selected.length === 0) return;
    if (globalThis.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', this.shown.copied());
    if (cut && !this.readOnly) this.editor.remove(this.editor.selected);
  }

  async pasted(event: ClipboardEvent): Promise<void> {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (typesInto(event.target) || this.dialog !== '' || this.readOnly || text.trim() === '') return;
    event.preventDefault();
    const held = await this.editor.paste(text, this.#free(this.#middle()));
    if (!held)
      toasts.show('The clipboard holds no nodes.', 'neutral', 'Copy nodes in a flow, or their YAML or JSON.');
  }
}

function firstField(editor: Editor, name: string): string {
  const fields = Object.keys(nodeOf(editor.document, name));
  return fields.find((field) => !['kind', 'at', 'exits'].includes(field)) ?? 'title';
}
