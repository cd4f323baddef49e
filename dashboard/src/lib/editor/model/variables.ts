/** What a text or an expression may read, for the completions of `{{ }}`. */
import {
  entry,
  isMapping,
  kindOf,
  mapping,
  nodesOf,
  text,
  type FlowDocument,
  type Mapping,
} from './document';
import { slotTypes } from './schema';

export interface Known {
  /** As a template writes it: `order_number`, `call.caller`. */
  name: string;
  /** Its type, where that is known. */
  type: string;
  /** Where it comes from: "asked for at which_order". */
  from: string;
}

const always: readonly Known[] = [
  { name: 'call.caller', type: 'text', from: 'The number that calls, or nothing' },
  { name: 'call.said', type: 'text', from: "The caller's latest words" },
  { name: 'call.date', type: 'date', from: 'The day of the call' },
  { name: 'call.time', type: 'time', from: 'When the call began' },
  { name: 'call.weekday', type: 'text', from: 'The weekday of the call' },
  { name: 'call.line', type: 'text', from: 'The line that is called' },
  { name: 'project.name', type: 'text', from: "The project's name" },
];

/** Every variable of a flow, each once, in the order of the document. */
export function knownVariables(document: FlowDocument, facts: readonly string[] = []): readonly Known[] {
  const found = new Map<string, Known>();
  const add = (name: string, type: string, from: string) => {
    if (name !== '' && !found.has(name)) found.set(name, { name, type, from });
  };
  for (const [name, config] of Object.entries(mapping(entry(document, 'variables'))))
    add(name, isMapping(config) ? text(config['type']) : text(config), 'A variable of this flow');
  for (const [name, type] of Object.entries(mapping(entry(document, 'arguments'))))
    add(name, text(type), 'An argument of this flow');
  for (const [name, node] of Object.entries(nodesOf(document)))
    for (const one of setBy(name, mapping(node))) add(one.name, one.type, one.from);
  for (const one of always) add(one.name, one.type, one.from);
  for (const fact of facts) add(`project.${fact}`, '', 'A fact of the project');
  return [...found.values()];
}

function setBy(name: string, node: Mapping): readonly Known[] {
  const slots = Object.entries(mapping(entry(node, 'slots'))).map(([slot, config]) => {
    const type = text(mapping(config)['type']);
    return { name: slot, type: slotTypes[type]?.['x-value-type'] ?? '', from: `Asked for at ${name}` };
  });
  return [...slots, ...saved(name, node)];
}

function saved(name: string, node: Mapping): readonly Known[] {
  const save = entry(node, 'save');
  switch (kindOf(node)) {
    case 'lookup':
      return [{ name: text(save), type: 'record', from: `Looked up at ${name}` }];
    case 'intent':
      return [{ name: text(save), type: 'text', from: `The intent chosen at ${name}` }];
    case 'order':
      return [
        { name: text(save) || 'order', type: 'record', from: `The order taken at ${name}` },
        { name: text(entry(node, 'receipt')), type: 'record', from: `The receipt of the order at ${name}` },
      ];
    case 'run':
      return Object.keys(mapping(save)).map((ours) => ({
        name: ours,
        type: '',
        from: `Brought back by ${name}`,
      }));
    default:
      return [];
  }
}

/** The word before the caret that a completion would replace, inside `{{ … }}` (or anywhere, in an expression). */
export function beingWritten(
  before: string,
  expression: boolean,
): { word: string; from: number } | undefined {
  const opened = before.lastIndexOf('{{');
  const inside = expression || (opened >= 0 && before.indexOf('}}', opened) < 0);
  if (!inside) return undefined;
  const word = /[a-z_][a-z0-9_.]*$/i.exec(before)?.[0] ?? '';
  const quoted = (before.slice(expression ? 0 : opened).match(/["']/g) ?? []).length % 2 === 1;
  if (quoted || /\|\s*$/.test(before.slice(0, before.length - word.length))) return undefined;
  return { word, from: before.length - word.length };
}
