/** Forms from the JSON Schema: what kind of control each field needs. The small language between schema and Svelte. */
import { definition, referred, resolved, slotTypes, valueTypes, type Schema } from './schema';

interface About {
  /** From the schema, as a sentence. */
  description: string;
  required: boolean;
  default: unknown;
}

export type Control =
  | {
      type: 'text';
      multiline: boolean;
      reads: 'template' | 'expression' | 'plain';
      pattern?: string;
      max?: number;
    }
  | { type: 'number'; integer: boolean; min?: number; max?: number }
  | { type: 'boolean'; unset: boolean }
  | { type: 'choice'; options: readonly string[]; unset: boolean }
  /** One of the project's or flow's names: a tool, a node, a variable. */
  | { type: 'reference'; to: Reference; unset: boolean }
  /** One line, or several of which each repetition takes the next. */
  | { type: 'lines' }
  /** Short texts, one a line: examples, cues. */
  | { type: 'texts' }
  /** Words by name: a choice's names with what else callers say. */
  | { type: 'list'; of: Control & Partial<About>; item: string }
  | { type: 'map'; of: Control; item: string; atLeast: number }
  | { type: 'object'; fields: readonly FormField[] }
  | { type: 'slot' }
  | { type: 'variable' }
  | { type: 'catalogue' }
  | { type: 'value' };

export type Reference = 'node' | 'tool' | 'flow' | 'catalogue' | 'route' | 'variable' | 'type';

export type FormField = About & { name: string; label: string; control: Control };

/** Fields that every node has, which the inspector shows itself. */
const OWN = new Set(['kind', 'title', 'note', 'at', 'exits']);

/** What the schema cannot say of a text: which names it takes, and which language it is in. By field, by definition. */
const references: Readonly<Record<string, Reference>> = {
  go: 'node',
  tool: 'tool',
  flow: 'flow',
  route: 'route',
  save: 'variable',
  receipt: 'variable',
};
const plain = new Set([
  'pattern',
  'key',
  'exit',
  'outcome',
  'min',
  'max',
  'region',
  'title',
  'note',
  'language',
]);
const short = new Set(['to', 'while_waiting', ...plain]);

/** What one of a list or a mapping is called on its buttons. */
const items: Readonly<Record<string, string>> = {
  slots: 'value',
  intents: 'intent',
  outcomes: 'outcome',
  when: 'condition',
  with: 'argument',
  save: 'variable',
  choices: 'choice',
  handlers: 'handler',
  variables: 'variable',
  arguments: 'argument',
  wording: 'line',
};

export function formOf(kind: string): readonly FormField[] {
  return fieldsOf(definition(`node_${kind}`)).filter((field) => !OWN.has(field.name));
}

/** A slot's own fields (`type` excepted), and then the options of its type. */
export function slotForm(type: string): readonly FormField[] {
  const common = fieldsOf(definition('SlotConfig')).filter((field) => field.name !== 'type');
  const options = slotTypes[type];
  const own = options ? fieldsOf(options) : [];
  const asks = common.filter((field) => field.name === 'ask');
  return [...asks, ...own, ...common.filter((field) => field.name !== 'ask')];
}

export function fieldsOf(schema: Schema): readonly FormField[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const whole = resolved(property);
    return {
      name,
      label: labelled(name),
      description: sentence(property.description ?? whole.description ?? ''),
      required: required.has(name),
      default: whole.default,
      control: controlOf(name, property),
    };
  });
}

/** The control of a field of that name and shape. */
export function controlOf(name: string, schema: Schema): Control {
  const reference = schema.$ref === undefined ? undefined : referred(schema.$ref);
  if (reference !== undefined) return ofDefinition(reference, schema);
  const options = schema.anyOf?.filter((one) => one.type !== 'null');
  if (options !== undefined) return ofUnion(name, options, options.length < (schema.anyOf?.length ?? 0));
  return plainControl(name, schema, false);
}

function ofDefinition(reference: string, schema: Schema): Control {
  if (reference === 'Value') return { type: 'value' };
  if (reference === 'ValueType') return { type: 'choice', options: valueTypes, unset: false };
  if (reference === 'SlotConfig') return { type: 'slot' };
  const whole = resolved(schema);
  return whole.properties ? { type: 'object', fields: fieldsOf(whole) } : plainControl('', whole, false);
}

function ofUnion(name: string, options: readonly Schema[], unset: boolean): Control {
  const [first] = options;
  if (options.length === 1 && first) return plainControl(name, first, unset);
  const referreds = options.map((one) => (one.$ref === undefined ? '' : referred(one.$ref)));
  if (referreds.includes('VariableConfig')) return { type: 'variable' };
  if (referreds.includes('CatalogueTool')) return { type: 'catalogue' };
  const list = options.find((one) => one.type === 'array');
  if (list?.items && options.some((one) => one.type === 'string')) return { type: 'lines' };
  if (list?.items?.$ref !== undefined)
    return { type: 'list', of: controlOf('', list.items), item: items[name] ?? 'entry' };
  if (options.every((one) => one.type === 'string' || one.type === 'number' || one.type === 'integer'))
    return { type: 'text', multiline: false, reads: 'plain' };
  return { type: 'value' };
}

function plainControl(name: string, schema: Schema, unset: boolean): Control {
  if (schema.$ref !== undefined) return controlOf(name, schema);
  if (schema.enum) return { type: 'choice', options: schema.enum.map(String), unset };
  if (schema.const !== undefined) return { type: 'choice', options: [String(schema.const)], unset };
  switch (schema.type) {
    case 'boolean':
      return { type: 'boolean', unset };
    case 'integer':
    case 'number':
      return { type: 'number', integer: schema.type === 'integer', min: schema.minimum, max: schema.maximum };
    case 'array':
      return schema.items?.type === 'string'
        ? { type: 'texts' }
        : { type: 'list', of: controlOf('', schema.items ?? {}), item: items[name] ?? 'entry' };
    case 'object':
      return mapControl(name, schema);
    case 'string':
      return textControl(name, schema, unset);
    default:
      return { type: 'value' };
  }
}

function mapControl(name: string, schema: Schema): Control {
  const additional =
    typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const inner = additional ?? Object.values(schema.patternProperties ?? {})[0] ?? {};
  const of: Control =
    name === 'save' ? { type: 'text', multiline: false, reads: 'plain' } : controlOf(name, inner);
  return { type: 'map', of, item: items[name] ?? 'entry', atLeast: schema.minProperties ?? 0 };
}

function textControl(name: string, schema: Schema, unset: boolean): Control {
  const to = name === 'catalogue' ? 'catalogue' : references[name];
  if (to !== undefined) return { type: 'reference', to, unset };
  const reads =
    name === 'if' ? 'expression' : plain.has(name) || schema.maxLength === undefined ? 'plain' : 'template';
  return {
    type: 'text',
    multiline: !short.has(name) && name !== 'if' && (reads === 'template' || name === 'outcomes'),
    reads,
    pattern: schema.pattern,
    max: schema.maxLength,
  };
}

function labelled(name: string): string {
  const said = name.replaceAll('_', ' ');
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** On one line; what is code in it in quotation marks. */
function sentence(description: string): string {
  return description
    .replace(/\s+/g, ' ')
    .replace(/`([^`]+)`/g, '“$1”')
    .trim();
}
