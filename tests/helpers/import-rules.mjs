import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Which room may import which: the first matching pattern of a file decides, and each of its imports must
 * match one of `may`, or, of types alone, of `mayTypes`. Patterns are on paths from the project's root; `pkg:` stands for packages of npm and
 * `node:` for Node's own modules.
 */
const ROOMS = [
  { files: /^shared\//, may: [/^shared\//, /^pkg:zod$/] },
  {
    files: /^electron\/core\//,
    may: [/^electron\/core\//, /^shared\//, /^node:/, /^pkg:(?!electron$)/],
  },
  {
    files: /^electron\/demo\//,
    may: [/^electron\/demo\//, /^shared\/util\//, /^node:/, /^pkg:(?!electron$)/],
    mayTypes: [/^shared\/model\/config\.ts$/],
  },
  {
    files: /^electron\/host\//,
    may: [
      /^electron\/(core|host)\//,
      /^electron\/demo\/fleet\.ts$/,
      /^shared\//,
      /^node:/,
      /^pkg:(?!electron$)/,
    ],
  },
  {
    files: /^electron\/server\//,
    may: [/^electron\/(core|host|server)\//, /^shared\//, /^node:/, /^pkg:(?!electron$)/],
  },
  {
    files: /^electron\/main\//,
    may: [/^electron\/(core|host|main)\//, /^shared\//, /^node:/, /^pkg:/],
  },
  {
    files: /^electron\/preload\//,
    may: [/^electron\/preload\//, /^shared\/contract\//, /^pkg:electron$/],
  },
  {
    files: /^electron\/launch\//,
    may: [/^electron\/(host|server|launch)\//, /^shared\//, /^node:/, /^pkg:(?!electron$)/],
  },
  // Written into a page of its own: it stands alone.
  { files: /^electron\/viewer\//, may: [] },
  { files: /^renderer\/ui\//, may: [/^renderer\/ui\//, /^shared\//, /^pkg:/] },
  { files: /^renderer\/client\//, may: [/^renderer\/client\//, /^shared\//, /^pkg:/] },
  {
    files: /^renderer\/features\//,
    may: [/^renderer\/(client|ui)\//, /^shared\//, /^pkg:/],
    // A feature may import itself, and no other.
    own: /^renderer\/features\/[^/]+\//,
  },
  { files: /^renderer\//, may: [/^renderer\//, /^shared\//, /^pkg:/] },
  { files: /^tests\//, may: [/./] },
];

const IMPORT =
  /(?:^|[;\s}])(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g;

/** Problems as `file:line: words`, for source files given by their paths from the root. */
export function checkImports(root, files) {
  return files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return [...importsOf(text)].flatMap((one) => {
      const why = whyNot(file, one);
      return why ? [`${file}:${one.line}: ${why}`] : [];
    });
  });
}

export function* importsOf(text) {
  // Comments go, their lines stay.
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^\s*\/\/.*$/gm, '');
  for (const match of code.matchAll(IMPORT)) {
    const specifier = match[2] ?? match[3];
    const at = match.index + match[0].lastIndexOf(specifier);
    yield {
      specifier,
      typeOnly: match[1] !== undefined,
      line: code.slice(0, at).split('\n').length,
    };
  }
}

export function whyNot(file, { specifier, typeOnly }) {
  const target = targetOf(file, specifier);
  const room = ROOMS.find((one) => one.files.test(file));
  if (!room) return null;
  if (target.startsWith('tests/') && !file.startsWith('tests/')) {
    return `the product must not import tests (${specifier})`;
  }
  if (file.startsWith('renderer/') && !typeOnly) {
    if (target === 'pkg:zod') return 'zod must not land in the renderer: import its types only';
    if (/^shared\/contract\//.test(target) && target !== 'shared/contract/bridge.ts') {
      return `the contract brings zod along: import its types only (${specifier})`;
    }
  }
  if (target.startsWith('node:') && file.startsWith('shared/')) {
    return `shared runs everywhere and knows no Node (${specifier})`;
  }
  const own = room.own?.exec(file)?.[0];
  if (own && target.startsWith(own)) return null;
  const may = typeOnly ? [...room.may, ...(room.mayTypes ?? [])] : room.may;
  if (may.some((pattern) => pattern.test(target))) return null;
  return `${roomName(file)} must not import ${specifier}`;
}

function roomName(file) {
  return file
    .split('/')
    .slice(0, file.startsWith('renderer/features/') ? 3 : 2)
    .join('/');
}

/** A path from the root, or `pkg:NAME`, or `node:NAME`. */
function targetOf(file, specifier) {
  if (specifier.startsWith('node:')) return specifier;
  if (specifier.startsWith('#shared/')) return specifier.replace('#shared/', 'shared/');
  if (specifier.startsWith('#core/')) return specifier.replace('#core/', 'electron/core/');
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier);
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return `pkg:${name}`;
}
