/** A tool as a form has it, and as it is stored. */
import type { Schema } from '$lib/api';
import { readJson } from '$lib/forms/json';

export type Tool = Schema<'Tool'>;
export type Argument = Schema<'Argument'>;

/** A row of a table of names and texts. */
export interface Pair {
  name: string;
  value: string;
}

export interface ArgumentRow {
  name: string;
  type: Argument['type'];
  required: boolean;
  description: string;
}

/** What the form changes; the rest of the tool stays as it was. */
export interface ToolDraft {
  name: string;
  description: string;
  method: Tool['method'];
  url: string;
  timeout_ms: number;
  arguments: ArgumentRow[];
  query: Pair[];
  headers: Pair[];
  /** JSON. */
  body: string;
  /** JMESPath for the whole answer, or the fields below. */
  result: string;
  fields: Pair[];
  /** JSON. */
  example: string;
  /** Empty: as the method says. */
  world: '' | 'yes' | 'no';
  /** HTTP statuses that say that there is no such thing. */
  missing: string[];
  rest: Partial<Tool>;
}

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export const types = ['text', 'number', 'boolean', 'list', 'record', 'any'] as const;

export function draftOf(tool: Partial<Tool>): ToolDraft {
  const {
    name = '',
    description = '',
    method = 'GET',
    url = '',
    timeout_ms = 5000,
    arguments: given,
    query,
    headers,
    body,
    result,
    example,
    world,
    missing,
    ...rest
  } = tool;
  return {
    name,
    description,
    method,
    url,
    timeout_ms,
    arguments: Object.entries(given ?? {}).map(([each, { type, required, description }]) => ({
      name: each,
      type: type ?? 'text',
      required: required ?? true,
      description: description ?? '',
    })),
    query: pairsOf(query),
    headers: pairsOf(headers),
    body: jsonOf(body),
    result: typeof result === 'string' ? result : '',
    fields: typeof result === 'object' && result !== null ? pairsOf(result) : [],
    example: jsonOf(example),
    world: world === undefined || world === null ? '' : world ? 'yes' : 'no',
    missing: (missing?.statuses ?? [404]).map(String),
    rest: { ...rest, ...(missing?.empty ? { missing } : {}) },
  };
}

/** The tool that a form makes, or what cannot be read, by field. */
export function toolOf(draft: ToolDraft): { tool: Tool } | { faults: Record<string, string> } {
  const faults: Record<string, string> = {};
  const json = (field: 'body' | 'example') => {
    if (draft[field].trim() === '') return undefined;
    const read = readJson(draft[field]);
    if ('fault' in read) faults[field] = read.fault;
    else return read.value;
  };
  const [body, example] = [json('body'), json('example')];
  const statuses = draft.missing.map(Number);
  if (statuses.some((status) => !Number.isInteger(status) || status < 200 || status > 599))
    faults.missing = 'HTTP statuses from 200 to 599.';
  if (Object.keys(faults).length) return { faults };
  const fields = recordOf(draft.fields);
  const result = Object.keys(fields).length ? fields : draft.result.trim() || undefined;
  const tool = {
    ...draft.rest,
    name: draft.name,
    method: draft.method,
    url: draft.url,
    timeout_ms: Number(draft.timeout_ms),
    missing: { ...draft.rest.missing, statuses },
    ...filled({
      description: draft.description || undefined,
      arguments: argumentsOf(draft.arguments),
      query: orNothing(recordOf(draft.query)),
      headers: orNothing(recordOf(draft.headers)),
      body,
      result,
      example,
      world: draft.world === '' ? undefined : draft.world === 'yes',
    }),
  };
  return { tool: tool as Tool };
}

/** Secrets that a text names: `{{ secret.TOKEN }}`. */
export function secretsIn(text: string): string[] {
  return [
    ...new Set([...text.matchAll(/\{\{\s*secret\.([A-Za-z_][\w.-]*)\s*\}\}/g)].map(([, name]) => name ?? '')),
  ];
}

function pairsOf(record: Readonly<Record<string, string>> | undefined): Pair[] {
  return Object.entries(record ?? {}).map(([name, value]) => ({ name, value }));
}

function recordOf(pairs: readonly Pair[]): Record<string, string> {
  return Object.fromEntries(
    pairs.filter(({ name }) => name.trim()).map(({ name, value }) => [name.trim(), value]),
  );
}

function argumentsOf(rows: readonly ArgumentRow[]): Record<string, Argument> | undefined {
  const named = rows.filter(({ name }) => name.trim());
  return orNothing(
    Object.fromEntries(
      named.map(({ name, type, required, description }) => [name.trim(), { type, required, description }]),
    ),
  );
}

function orNothing<Value extends object>(record: Value): Value | undefined {
  return Object.keys(record).length ? record : undefined;
}

function filled(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function jsonOf(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value, null, 2);
}
