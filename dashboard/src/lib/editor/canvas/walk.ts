/** How the keyboard goes from card to card: in the order of the flow, also to those that are not in sight, which are not
 * on the page. */
import type { CardNode } from './bridge';

const CARD = '.svelte-flow__node';

/** The card after the one that has the focus, or before it; none: the keyboard goes on as the page has it, inside the
 * card, or out of the canvas. */
export function walked(from: Element, nodes: readonly CardNode[], back: boolean): string | undefined {
  const card = from.closest(CARD);
  if (card === null) return undefined;
  const inside = [...card.querySelectorAll('[tabindex="0"]')];
  const leaves = back ? card : (inside.at(-1) ?? card);
  if (from !== leaves) return undefined;
  const at = nodes.findIndex((node) => node.id === card.getAttribute('data-id'));
  return at < 0 ? undefined : nodes[at + (back ? -1 : 1)]?.id;
}

/** The first wire of the card that has the focus. */
export function wireBy(from: Element): SVGElement | undefined {
  const name = from.closest(CARD)?.getAttribute('data-id');
  if (name === null || name === undefined) return undefined;
  const wires = from.closest('.flow-canvas')?.querySelectorAll<SVGElement>('.flow-wire') ?? [];
  const touching = [...wires].filter((wire) => wire.dataset.from === name || wire.dataset.to === name);
  return touching.find((wire) => wire.dataset.from === name) ?? touching[0];
}
