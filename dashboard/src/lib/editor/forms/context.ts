/** What every control of a form may ask: what there is to choose from, and what is wrong where. */
import { getContext, setContext } from 'svelte';
import type { Path } from '../model/document';
import type { Fault } from '../model/faults';
import type { Reference } from '../model/form';
import type { Known } from '../model/variables';

export interface FormContext {
  readonly readOnly: boolean;
  /** What texts and expressions may read. */
  readonly variables: readonly Known[];
  /** Names that a field of this sort may hold. */
  names(of: Reference): readonly string[];
  /** Names that the entries of a mapping may have: the arguments of a tool. */
  keys(path: Path): readonly string[];
  /** What is wrong exactly there; of the form as a whole: what no control of it shows. */
  faults(path: Path): readonly Fault[];
  /** How much is wrong there and inside. */
  within(path: Path): number;
  /** A control shows what is wrong at this place; gives what says that it no longer does. */
  shows(path: Path): () => void;
  /** The typing in a field has come to rest: what follows is a step of its own. */
  rest(): void;
}

const key = Symbol('form');

export function provideForm(given: FormContext): void {
  setContext(key, given);
}

export function formContext(): FormContext {
  return getContext<FormContext>(key);
}

/** What is wrong at a place, as one text for the field. */
export function errorAt(form: FormContext, path: Path): string | undefined {
  const said = form.faults(path).map((fault) => fault.message);
  return said.length > 0 ? said.join(' ') : undefined;
}
