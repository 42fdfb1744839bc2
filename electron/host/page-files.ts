import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

const BELOW_A_SCREEN = /^\/(?!assets\/)[a-z]+\/./;

export interface PageFile {
  body: Uint8Array<ArrayBuffer>;
  type: string;
  cacheControl: string;
}

/**
 * The built renderer's file for a path of the address. Every path without an ending is a screen, which
 * index.html shows, and so is all that lies below one: an ID may end on `.js`, and hold what no name may. Null when there is no such file, or the path tries to leave the folder.
 */
export async function pageFile(folder: URL, pathname: string): Promise<PageFile | null> {
  const name = BELOW_A_SCREEN.test(pathname) ? '/' : safeName(pathname);
  if (name === null) return null;
  const ending = path.posix.extname(name);
  const isScreen = ending === '' || name === '/' || !TYPES[ending];
  const file = isScreen ? '/index.html' : name;
  const root = fileURLToPath(folder);
  try {
    return {
      body: new Uint8Array(await readFile(path.join(root, file))),
      type: TYPES[path.posix.extname(file)] ?? 'application/octet-stream',
      // The names of assets carry a hash of what is in them; the page itself names the assets of today.
      cacheControl: file.startsWith('/assets/')
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    };
  } catch {
    return null;
  }
}

function safeName(pathname: string): string | null {
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (name.includes('\0') || name.includes('\\')) return null;
  return name.split('/').includes('..') ? null : path.posix.normalize(`/${name}`);
}
