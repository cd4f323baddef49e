/** What a card may ask of the canvas it stands on. */
import { getContext, setContext } from 'svelte';
import type { Detail } from './motion.svelte';

export interface CanvasCommands {
  readonly readOnly: boolean;
  /** How much of itself a card that comes into view now draws. */
  readonly detail: Detail;
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
