/**
 * A stand-in for the server, for measuring and looking at the flow editor alone: it serves the built pages and answers
 * the editor's requests from memory. `node scripts/stand-in.mjs [flow.json …]` prints its address.
 */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

/** @typedef {Record<string, any>} Json */

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'";

/**
 * A flow of so many nodes, as a large one is: questions, branches, look-ups, and ways back.
 * @param {number} count
 */
export function large(count) {
  /** @type {Json} */
  const nodes = {};
  for (let at = 0; at < count - 1; at += 1) {
    const next = at + 1 < count - 1 ? `step_${at + 1}` : 'done';
    const skip = at + 7 < count - 1 ? `step_${at + 7}` : 'done';
    nodes[`step_${at}`] = [
      { kind: 'say', say: `This is what is said at step ${at}, for a while.`, exits: { said: next } },
      {
        kind: 'intent',
        ask: `What do you want at step ${at}?`,
        intents: { order: { examples: ['a pizza'] }, status: { examples: ['where is it'] } },
        exits: { order: next, status: skip, unclear: 'done', silent: 'done' },
      },
      {
        kind: 'ask',
        slots: { order_number: { type: 'digits', length: 5, ask: 'What is the number of your order?' } },
        exits: { given: next, refused: skip, gave_up: 'done', silent: 'done' },
      },
      {
        kind: 'lookup',
        tool: 'orders.get',
        with: { number: '{{ order_number }}' },
        save: 'order',
        exits: { found: next, missing: skip, failed: 'done' },
      },
      {
        kind: 'branch',
        when: [{ if: 'order.total > 20', exit: 'large' }],
        exits: { large: skip, otherwise: next },
      },
    ][at % 5];
  }
  nodes['done'] = { kind: 'end', say: 'Goodbye.' };
  return { flow: 'large', title: 'A large flow', start: 'step_0', nodes };
}

const session = {
  user: { id: 'u', email: 'ada@example.com', name: 'Ada Byron' },
  everywhere: true,
  projects: [{ id: 'shop', name: 'The Corner Shop', role: 'admin' }],
  csrf: 'x',
};
const fixed = {
  say: ['said'],
  ask: ['given', 'refused', 'gave_up', 'silent'],
  lookup: ['found', 'missing', 'failed'],
};
const now = () => new Date().toISOString();

/** The flows of one project, in memory. */
class Flows {
  /** @type {Map<string, Json>} */
  drafts = new Map();
  /** @type {Map<string, Json[]>} */
  versions = new Map();

  /** @param {readonly Json[]} documents */
  constructor(documents) {
    for (const document of documents)
      this.drafts.set(document['flow'], {
        document,
        flow: document['flow'],
        revision: 1,
        saved_at: now(),
        saved_by: 'Ada Byron',
      });
  }

  list() {
    return [...this.drafts.values()].map(({ flow, revision, saved_at, saved_by }) => ({
      name: flow,
      revision,
      saved_at,
      saved_by,
      published: this.versions.get(flow)?.find((one) => one['published'])?.['number'] ?? null,
      changed: true,
    }));
  }

  /** Exits that are not wired, and the ends of the flows that are run.
   * @param {Json} document */
  check(document) {
    const faults = Object.entries(document['nodes']).flatMap(([node, { kind, exits = {} }]) =>
      (fixed[/** @type {keyof typeof fixed} */ (kind)] ?? [])
        .filter((exit) => !(exit in exits))
        .map((exit) => ({
          code: 'unwired_exit',
          severity: 'error',
          node,
          message: `Exit \`${exit}\` leads nowhere; wire it to a node.`,
        })),
    );
    const runs = Object.entries(document['nodes']).filter(([, node]) => node.kind === 'run');
    const exits = runs.map(([name, node]) => {
      const nodes = Object.entries(this.drafts.get(node.flow)?.['document'].nodes ?? {});
      return [name, nodes.filter(([, one]) => one.kind === 'end').map(([end, one]) => one.outcome ?? end)];
    });
    return { faults, errors: faults.length, warnings: 0, exits: Object.fromEntries(exits) };
  }

  /** @param {Json} draft @param {string} note */
  publish(draft, note) {
    const before = (this.versions.get(draft['flow']) ?? []).map((one) => ({ ...one, published: false }));
    const number = before.length + 1;
    const made = {
      number,
      note,
      created_at: now(),
      created_by: 'Ada Byron',
      published: true,
      document: draft['document'],
    };
    this.versions.set(draft['flow'], [made, ...before]);
    return { version: number, changed: true, warnings: [] };
  }
}

/**
 * @param {Flows} flows
 * @param {string} method
 * @param {string} path
 * @param {Json} body
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @returns {[number, unknown]}
 */
function answered(flows, method, path, body, headers) {
  const inProject = path.replace(/^\/projects\/shop/, '');
  /** @type {Json} */
  const simple = {
    '/session': session,
    '/routes': { routes: { fast: {}, smart: {} }, chains: {}, fault: '' },
    '/flows': flows.list(),
    '/tools': [{ tool: { name: 'orders.get', arguments: { number: {} } } }, { tool: { name: 'hours.get' } }],
    '/catalogues': [{ name: 'menu' }],
    '/settings': { facts: { phone: '', address: '' } },
  };
  if (method === 'GET' && inProject in simple) return [200, simple[inProject]];
  const [, flow = '', rest = ''] = /^\/flows\/(\w+)(\/.*)?$/.exec(inProject) ?? [];
  const draft = flows.drafts.get(flow);
  if (!draft) return [404, { code: 'unknown_flow', message: `There is no flow ${flow}.`, faults: [] }];
  if (rest === '/draft' && method === 'GET') return [200, draft];
  if (rest === '/draft') {
    if (headers['if-match'] !== `"${draft['revision']}"`)
      return [412, { code: 'stale_draft', message: 'Somebody else saved.', faults: [], current: draft }];
    Object.assign(draft, { document: body['document'], revision: draft['revision'] + 1, saved_at: now() });
    return [200, draft];
  }
  if (rest === '/check') return [200, flows.check(body['document'])];
  if (rest === '/presence') return [200, [{ name: 'Grace Hopper', node: '', you: false }]];
  if (rest === '/publish') return [200, flows.publish(draft, body['note'])];
  const versions = flows.versions.get(flow) ?? [];
  if (rest === '/versions') return [200, { versions, history: [] }];
  const version = versions.find((one) => rest === `/versions/${one['number']}`);
  return version
    ? [200, version]
    : [404, { code: 'unknown', message: 'The stand-in lacks that.', faults: [] }];
}

/** @param {readonly Json[]} documents */
export function standIn(documents, build = join(import.meta.dirname, '../build')) {
  const flows = new Flows(documents);
  return createServer((request, response) => {
    const address = new URL(request.url ?? '/', 'http://stand-in');
    if (address.pathname.startsWith('/api/v1')) {
      let text = '';
      request.on('data', (part) => (text += part));
      request.on('end', () => {
        const given = text ? JSON.parse(text) : {};
        const asked = address.pathname.slice('/api/v1'.length);
        const [status, body] = answered(flows, request.method ?? 'GET', asked, given, request.headers);
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      });
      return;
    }
    const wanted = join(build, normalize(decodeURIComponent(address.pathname)));
    const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(build, 'index.html');
    response.writeHead(200, {
      'Content-Type': types[/** @type {keyof typeof types} */ (extname(file))] ?? 'application/octet-stream',
      'Content-Security-Policy': policy,
    });
    createReadStream(file).pipe(response);
  });
}

if (process.argv[1] === import.meta.filename) {
  const given = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const server = standIn(given.length > 0 ? given : [large(200)]);
  server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
    const at = server.address();
    process.stdout.write(`http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/p/shop/flows\n`);
  });
}
