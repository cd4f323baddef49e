/** The server's API. Types: `Schema<'SessionFacts'>`. */
import type { components } from './schema';

export { answer, api, credentials, request, tagged } from './client';
export { Problem, type Fault } from './problem';

/** A model of the API by its name. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
