/** A source, its documents and what it says. */
import { asPage } from '$lib/admission';
import { answer, api } from '$lib/api';

export async function load({ params, url }) {
  const { project, source } = params;
  const document = url.searchParams.get('document') ?? '';
  const cursor = url.searchParams.get('cursor') ?? '';
  const path = { project, source };
  try {
    const [facts, documents, passages] = await Promise.all([
      answer(api.GET('/api/v1/projects/{project}/knowledge/sources/{source}', { params: { path } })),
      answer(
        api.GET('/api/v1/projects/{project}/knowledge/sources/{source}/documents', {
          params: { path, query: { limit: 200 } },
        }),
      ),
      answer(
        api.GET('/api/v1/projects/{project}/knowledge/sources/{source}/passages', {
          params: { path, query: { document, cursor, limit: 50 } },
        }),
      ),
    ]);
    return { source: facts, documents: documents.items, passages, document };
  } catch (reason) {
    throw asPage(reason);
  }
}
