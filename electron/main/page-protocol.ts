import { pageFile } from '../host/page-files.ts';
import { pageHeaders } from '../host/page-headers.ts';

export const SCHEME = 'app';
const HOST = 'nightdesk';
/** Where the built renderer seems to be served. */
export const PAGE_ORIGIN = `${SCHEME}://${HOST}`;

/** True for the console's own page and for nothing that only looks like it. */
export function isOurPage(url: string): boolean {
  try {
    // The `origin` of a scheme that Node does not know is 'null': compare its parts.
    const { protocol, host, username, password } = new URL(url);
    return protocol === `${SCHEME}:` && host === HOST && username === '' && password === '';
  } catch {
    return false;
  }
}

/** Answers a request of the page from the folder of the built renderer, under the browser host's policy. */
export async function answerPage(url: string, renderer: URL): Promise<Response> {
  const headers = pageHeaders([]);
  if (!isOurPage(url)) return new Response(null, { status: 403, headers });
  const file = await pageFile(renderer, new URL(url).pathname);
  if (!file) return new Response(null, { status: 404, headers });
  return new Response(file.body, {
    headers: { ...headers, 'Content-Type': file.type, 'Cache-Control': file.cacheControl },
  });
}
