/** Nodes as the text of a clipboard: JSON, which is YAML too, so that they can be pasted into a file as well. */
import { isMapping, kindOf, mapping, type Value } from './document';
import type { Fragment } from './edits';

export function toClipboard(fragment: Fragment): string {
  return JSON.stringify(fragment, null, 2);
}

/** The nodes in a text, or undefined when it holds none: a fragment, a whole flow, or one node. */
export function fromClipboard(text: string): Fragment | undefined {
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
  return fragmentIn(value);
}

/** The nodes in a value that was read from JSON or YAML. */
export function fragmentIn(value: Value): Fragment | undefined {
  if (!isMapping(value)) return undefined;
  if (isMapping(value['nodes'])) return whole(value['nodes']);
  if (kindOf(value) !== '') return { nodes: { [kindOf(value)]: value } };
  return whole(value);
}

function whole(nodes: Readonly<Record<string, Value>>): Fragment | undefined {
  const all = Object.values(nodes);
  return all.length > 0 && all.every((node) => kindOf(mapping(node)) !== '') ? { nodes } : undefined;
}
