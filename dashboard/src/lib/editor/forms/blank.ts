/** What a new entry of a list or a mapping begins as, and when a value need not be written. */
import { isMapping, same, type Value } from '../model/document';
import type { Control, FormField } from '../model/form';

export function blankOf(control: Control): Value {
  switch (control.type) {
    case 'object':
      return {};
    case 'slot':
      return { type: 'text', ask: '' };
    case 'variable':
      return 'text';
    case 'choice':
      return control.options[0] ?? '';
    case 'texts':
    case 'list':
      return [];
    case 'map':
      return {};
    case 'boolean':
      return false;
    default:
      return '';
  }
}

/** A value as it is written: one that says no more than the default is left out. */
export function writtenAs(field: FormField, value: Value | undefined): Value | undefined {
  if (value === undefined || field.required) return value;
  if (same(value, field.default as Value)) return undefined;
  const empty = value === '' || (Array.isArray(value) && value.length === 0);
  const bare = isMapping(value) && Object.keys(value).length === 0;
  return (empty || bare) && (field.default === undefined || isEmpty(field.default)) ? undefined : value;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
