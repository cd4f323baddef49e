/** What the server found wrong, by the field of the form that it is about. */
import type { Problem } from '$lib/api/problem';

/** By the field's path in the body: `hours.week.monday.0`. */
export class FieldFaults {
  readonly #messages: ReadonlyMap<string, string>;

  constructor(messages: Iterable<readonly [string, string]> = []) {
    this.#messages = new Map(messages);
  }

  /** Of a refused save. `place`: the part of the request that the form is, `body` for all of it. */
  static of(problem: Problem | undefined, place = 'body'): FieldFaults {
    const found = (problem?.faults ?? []).map(({ node, message }) => {
      const path = (node ?? '').replace(new RegExp(`^${place}\\.?`), '');
      return [path, plain(message, node ?? '')] as const;
    });
    return new FieldFaults(found);
  }

  /** What is wrong with a field, or with something in it. */
  at(path: string): string | undefined {
    const exact = this.#messages.get(path);
    if (exact !== undefined) return exact;
    for (const [place, message] of this.#messages) if (place.startsWith(`${path}.`)) return message;
    return undefined;
  }

  /** What no field of the form shows: said above it. */
  besides(paths: readonly string[]): string[] {
    const shown = (place: string) => paths.some((path) => place === path || place.startsWith(`${path}.`));
    return [...this.#messages].filter(([place]) => !shown(place)).map(([, message]) => message);
  }
}

/** Without the field's name in front and the checker's own words: both stand at the field already. */
function plain(message: string, node: string): string {
  const rest = message.startsWith(`${node}: `) ? message.slice(node.length + 2) : message;
  const said = rest.replace(/^Value error, /, '');
  const first = said.slice(0, 1).toUpperCase() + said.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
