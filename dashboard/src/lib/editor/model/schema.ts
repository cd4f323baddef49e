/** The flow's JSON Schema, which `tollfree schema flow` prints, and the way around in it. */
import flowSchema from './flow.schema.json';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minProperties?: number;
}

export interface SlotTypeSchema extends Schema {
  /** The type of the variable that holds the value. */
  readonly 'x-value-type': string;
}

const whole = flowSchema as unknown as Schema & { readonly $defs: Readonly<Record<string, Schema>> };

/** The schema of the flow's head. */
export const head: Schema = whole;

/** A definition by name. An unknown one is an empty schema: any value. */
export function definition(name: string): Schema {
  return whole.$defs[name] ?? {};
}

/** A reference followed; what stands beside it (its description, its default) wins. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  return { ...resolved(definition(referred($ref))), ...beside };
}

export function referred(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** By name: what a slot may be. */
export const slotTypes: Readonly<Record<string, SlotTypeSchema>> = (
  definition('SlotConfig') as Schema & { readonly 'x-types': Readonly<Record<string, SlotTypeSchema>> }
)['x-types'];

export const valueTypes: readonly string[] = (definition('ValueType').enum ?? []) as readonly string[];
