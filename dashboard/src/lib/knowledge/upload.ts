/** Documents sent to the server, with how much of them has arrived. */
import { credentials, Problem, type Schema } from '$lib/api';

export const accepted = '.pdf,.docx,.pptx,.xlsx,.csv,.html,.htm,.md,.json,.txt';

/** Documents of kinds that can be read, and those that cannot. */
export function sorted(files: readonly File[]): { fit: File[]; unfit: File[] } {
  const kinds = accepted.split(',');
  const fits = (file: File) => kinds.some((kind) => file.name.toLowerCase().endsWith(kind));
  return { fit: files.filter(fits), unfit: files.filter((file) => !fits(file)) };
}

/** Sends them in one request: fetch does not tell how far it is. Throws a `Problem`. */
export function upload(
  project: string,
  files: readonly File[],
  tags: readonly string[],
  /** 0 to 1. */
  onprogress: (share: number) => void,
): Promise<Schema<'Accepted'>> {
  const form = new FormData();
  for (const file of files) form.append('files', file);
  for (const tag of tags) form.append('tags', tag);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/projects/${encodeURIComponent(project)}/knowledge/uploads`);
    request.setRequestHeader('X-CSRF-Token', credentials.csrf);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onerror = () => reject(Problem.unreachable());
    request.onload = () => {
      if (request.status < 300) return resolve(request.response as Schema<'Accepted'>);
      if (request.status === 401) credentials.onsignedout();
      reject(Problem.of(request.status, request.response));
    };
    request.send(form);
  });
}
