/**
 * A stand-in for the server, for measuring and looking at the flow editor alone: it serves the built pages and answers
 * the editor's requests from memory. `node scripts/stand-in.mjs [flow.json …]` prints its address.
 */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

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
  /** @type {Record<string, unknown>} */
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

/** @param {readonly Record<string, any>[]} documents */
export function standIn(documents, build = 'build') {
  const drafts = new Map(
    documents.map((document) => [
      document['flow'],
      { document, revision: 1, saved_at: new Date().toISOString(), saved_by: 'Ada' },
    ]),
  );
  /** @type {Map<string, any[]>} */
  const versions = new Map();

  /** @returns {[number, unknown]} */
  const answered = (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {any} */ body,
    /** @type {any} */ headers,
  ) => {
    if (path === '/session')
      return [
        200,
        {
          user: { id: 'u', email: 'ada@example.com', name: 'Ada Byron' },
          everywhere: true,
          projects: [{ id: 'shop', name: 'The Corner Shop', role: 'admin' }],
          csrf: 'x',
        },
      ];
    const inProject = path.replace(/^\/projects\/shop/, '');
    if (inProject === '/flows' && method === 'GET')
      return [
        200,
        {
          next: null,
          items: [...drafts.values()].map(({ document, saved_at, saved_by }) => ({
            flow: document.flow,
            title: document.title,
            published: versions.get(document.flow)?.length ?? null,
            changed: true,
            saved_at,
            saved_by,
          })),
        },
      ];
    if (inProject === '/flow-parts') {
      const flows = Object.fromEntries(
        [...drafts.values()].map(({ document }) => [
          document.flow,
          {
            ends: Object.entries(document.nodes).flatMap(([name, node]) =>
              node.kind === 'end' ? [node.outcome ?? name] : [],
            ),
            arguments: Object.keys(document.arguments ?? {}),
          },
        ]),
      );
      return [
        200,
        {
          tools: { 'orders.get': ['number'], 'hours.get': [] },
          catalogues: ['menu'],
          routes: ['fast', 'smart'],
          facts: ['phone', 'address'],
          flows,
        },
      ];
    }
    const [, flow = '', rest = ''] = /^\/flows\/(\w+)(\/.*)?$/.exec(inProject) ?? [];
    const draft = drafts.get(flow);
    if (!draft) return [404, { code: 'unknown_flow', message: `There is no flow ${flow}.`, faults: [] }];
    if (rest === '/draft' && method === 'GET') return [200, draft];
    if (rest === '/draft') {
      if (headers['if-match'] !== `"${draft.revision}"`)
        return [412, { code: 'stale_draft', message: 'Somebody else saved.', faults: [], current: draft }];
      Object.assign(draft, {
        document: body.document,
        revision: draft.revision + 1,
        saved_at: new Date().toISOString(),
      });
      return [200, draft];
    }
    if (rest === '/check') return [200, { faults: unwired(body.document) }];
    if (rest === '/presence') return [200, { others: [{ id: 'g', name: 'Grace Hopper' }] }];
    if (rest === '/publish') {
      const made = {
        number: (versions.get(flow)?.length ?? 0) + 1,
        note: body.note,
        created_at: new Date().toISOString(),
        created_by: 'Ada',
        published: true,
        document: draft.document,
      };
      versions.set(flow, [made, ...(versions.get(flow) ?? []).map((one) => ({ ...one, published: false }))]);
      return [200, made];
    }
    if (rest.startsWith('/versions/'))
      return [200, versions.get(flow)?.find((one) => `/versions/${one.number}` === rest)];
    if (rest.startsWith('/versions')) return [200, { next: null, items: versions.get(flow) ?? [] }];
    return [404, { code: 'unknown', message: 'The stand-in does not know that.', faults: [] }];
  };

  return createServer((request, response) => {
    const address = new URL(request.url ?? '/', 'http://stand-in');
    if (address.pathname.startsWith('/api/v1')) {
      let text = '';
      request.on('data', (part) => (text += part));
      request.on('end', () => {
        const [status, body] = answered(
          request.method ?? 'GET',
          address.pathname.slice(7),
          text ? JSON.parse(text) : {},
          request.headers,
        );
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

/** The faults a stand-in can see: exits that are not wired. */
function unwired(/** @type {Record<string, any>} */ document) {
  const fixed = {
    say: ['said'],
    ask: ['given', 'refused', 'gave_up', 'silent'],
    lookup: ['found', 'missing', 'failed'],
  };
  return Object.entries(document['nodes'] ?? {}).flatMap(([node, { kind, exits = {} }]) =>
    (fixed[/** @type {keyof typeof fixed} */ (kind)] ?? [])
      .filter((exit) => !(exit in exits))
      .map((exit) => ({
        code: 'unwired_exit',
        severity: 'error',
        node,
        message: `Exit \`${exit}\` leads nowhere; wire it to a node.`,
      })),
  );
}

if (process.argv[1] === import.meta.filename) {
  const given = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const server = standIn(given.length > 0 ? given : [large(200)]).listen(
    Number(process.env['PORT'] ?? 0),
    '127.0.0.1',
    () => {
      const at = server.address();
      process.stdout.write(`http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/p/shop/flows\n`);
    },
  );
}
