/**
 * The API, typed by the server's own description of it. Every answer of status 400 or more is thrown as a `Problem`.
 *
 *     const page = await answer(api.GET('/api/v1/projects', { params: { query: { limit: 50 } } }));
 */
import createClient, { type Middleware } from 'openapi-fetch';
import { Problem } from './problem';
import type { paths } from './schema';

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What the signed-in user's requests carry, and what happens when the server no longer knows them. */
export const credentials = {
  csrf: '',
  onsignedout: (): void => {},
};

const middleware: Middleware = {
  onRequest({ request }) {
    if (unsafe.has(request.method) && credentials.csrf) request.headers.set('X-CSRF-Token', credentials.csrf);
    return request;
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return;
    const problem = await problemOf(response);
    if (problem.status === 401 && schemaPath !== '/api/v1/session') credentials.onsignedout();
    throw problem;
  },
  onError({ error }) {
    return error instanceof DOMException && error.name === 'AbortError' ? error : Problem.unreachable();
  },
};

/** A client that uses this `fetch`. */
export function clientWith(fetch: typeof globalThis.fetch = (...given) => globalThis.fetch(...given)) {
  const client = createClient<paths>({
    baseUrl: location.origin,
    credentials: 'same-origin',
    fetch: (request: Request) => fetch(request),
  });
  client.use(middleware);
  return client;
}

export const api = clientWith();

interface Answered<Data> {
  data?: Data;
  response: Response;
}

/** What was answered, or a thrown `Problem`. */
export async function answer<Data>(asked: Promise<Answered<Data>>): Promise<Data> {
  return (await asked).data as Data;
}

/** The same with the ETag, which saving sends back as `If-Match`. */
export async function tagged<Data>(asked: Promise<Answered<Data>>): Promise<{ data: Data; etag: string }> {
  const { data, response } = await asked;
  return { data: data as Data, etag: response.headers.get('ETag') ?? '' };
}

/**
 * A request that the typed client cannot make: an upload with progress, a download, a stream. Throws as the client does.
 */
export async function request(address: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (unsafe.has(init.method ?? 'GET') && credentials.csrf) headers.set('X-CSRF-Token', credentials.csrf);
  let response: Response;
  try {
    response = await fetch(address, { credentials: 'same-origin', ...init, headers });
  } catch (error) {
    throw error instanceof DOMException ? error : Problem.unreachable();
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.status === 401) credentials.onsignedout();
  throw problem;
}

async function problemOf(response: Response): Promise<Problem> {
  let body: unknown;
  try {
    body = await response.clone().json();
  } catch {
    // A proxy's page, or nothing: the status alone says what there is to say.
  }
  return Problem.of(response.status, body);
}
