/** Finding nodes by their name, their title, anything they say, and their exits. */
import {
  entry,
  isMapping,
  isList,
  kindOf,
  mapping,
  nodesOf,
  text,
  wiresOf,
  type FlowDocument,
  type Value,
} from './document';

export interface Hit {
  node: string;
  kind: string;
  /** Where it was found, in the node: `say`, `exits.said`; empty for its name. */
  field: string;
  /** The words around it. */
  excerpt: string;
}

/** At most one hit for a node: its name before its title before its texts. */
export function search(document: FlowDocument, sought: string, limit = 50): readonly Hit[] {
  const words = sought.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits: (Hit & { rank: number })[] = [];
  for (const [name, value] of Object.entries(nodesOf(document))) {
    const node = mapping(value);
    const places: [string, string][] = [
      ['', name],
      ['title', text(entry(node, 'title'))],
      ...Object.entries(wiresOf(node)).map(([exit, to]): [string, string] => [
        `exits.${exit}`,
        `${exit} → ${to}`,
      ]),
      ...texts(node, ''),
    ];
    const rank = places.findIndex(([, said]) => words.every((word) => said.toLowerCase().includes(word)));
    const found = places[rank];
    if (found)
      hits.push({ node: name, kind: kindOf(node), field: found[0], excerpt: around(found[1], words), rank });
  }
  return hits.sort((one, other) => Math.min(one.rank, 2) - Math.min(other.rank, 2)).slice(0, limit);
}

function texts(value: Value, field: string): [string, string][] {
  if (typeof value === 'string') return [[field, value]];
  if (isList(value)) return value.flatMap((one) => texts(one, field));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([name, one]): [string, string][] => {
    if (field === '' && (name === 'exits' || name === 'at' || name === 'title')) return [];
    const here = field === '' ? name : `${field}.${name}`;
    return isMapping(one) ? [[here, name], ...texts(one, here)] : texts(one, here);
  });
}

function around(said: string, words: readonly string[]): string {
  const at = Math.max(0, said.toLowerCase().indexOf(words[0] ?? '') - 24);
  const cut = said.slice(at, at + 90).replaceAll('\n', ' ');
  return `${at > 0 ? '…' : ''}${cut}${at + 90 < said.length ? '…' : ''}`;
}
