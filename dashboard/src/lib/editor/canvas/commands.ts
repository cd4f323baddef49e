/** What a card may ask of the canvas it stands on. */
import { getContext, setContext } from 'svelte';

export interface CanvasCommands {
  readonly readOnly: boolean;
  /** Cards that come into view now are outlines: letters could not be read, or would cost the zoom its frames. */
  readonly outlines: boolean;
  /** Choose where an exit leads. */
  connect(node: string, exit: string): void;
  /** Show what is wrong with a node. */
  faults(node: string): void;
}

const key = Symbol('canvas');

export function provide(given: CanvasCommands): void {
  setContext(key, given);
}

export function commands(): CanvasCommands {
  return getContext<CanvasCommands>(key);
}
