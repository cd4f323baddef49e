/** The documents of the flows that calls ran on. A version never changes, so each is asked for once. */
import { answer, api } from '$lib/api';
import type { FlowDocument } from '$lib/editor/model/document';

const asked = new Map<string, Promise<FlowDocument>>();

/** A version's document. A failure is not kept. */
export function flowVersion(project: string, flow: string, number: number): Promise<FlowDocument> {
  const key = JSON.stringify([project, flow, number]);
  const known = asked.get(key);
  if (known) return known;
  const found = answer(
    api.GET('/api/v1/projects/{project}/flows/{flow}/versions/{number}', {
      params: { path: { project, flow, number } },
    }),
  ).then((version) => version.document as FlowDocument);
  asked.set(key, found);
  found.catch(() => asked.delete(key));
  return found;
}

/** A flow as it is published now; undefined: it is not. */
export async function publishedFlow(project: string, flow: string): Promise<FlowDocument | undefined> {
  const flows = await answer(api.GET('/api/v1/projects/{project}/flows', { params: { path: { project } } }));
  const number = flows.find((one) => one.name === flow)?.published;
  return number == null ? undefined : flowVersion(project, flow, number);
}
