/** Starts the console as a person does, in a process of its own, and opens it in a real browser. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { SpawnDemo } from '../../electron/demo/fleet.ts';
import { findBrowser } from '../helpers/browser.mjs';

const ROOT = path.join(import.meta.dirname, '../..');
/** What `npm start` runs. */
const START = path.join(ROOT, 'electron/launch/start.mjs');
const STARTED_WITHIN_MS = 60_000;

export interface RunningConsole {
  /** `http://127.0.0.1:PORT/#token=…` */
  address: string;
  origin: string;
  token: string;
  dataDir: string;
  pid: number;
  /** Asks the core directly, as the window does. */
  call<T = unknown>(operation: string, input: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function startConsole(
  options: { args?: string[]; env?: Record<string, string>; dataDir?: string } = {},
): Promise<RunningConsole> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'nightdesk-e2e-')));
  const child = spawn(
    process.execPath,
    [START, '--browser', '--no-open', '--port', '0', '--data', dataDir, ...(options.args ?? [])],
    { cwd: ROOT, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stdout.on('data', (text) => {
    said += String(text);
  });
  child.stderr.on('data', (text) => {
    said += String(text);
  });
  const until = Date.now() + STARTED_WITHIN_MS;
  for (;;) {
    const found = /(http:\/\/127\.0\.0\.1:\d+)\/\S*#token=(\S+)/.exec(said);
    if (found?.[1] && found[2] && child.pid !== undefined) {
      const [address, origin, token] = found;
      return {
        address,
        origin,
        token,
        dataDir,
        pid: child.pid,
        call: (operation, input) => callCore(origin, token, operation, input),
        stop: async () => {
          await end(child);
          if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
        },
      };
    }
    if (child.exitCode !== null || Date.now() > until) {
      await end(child);
      throw new Error(`The console did not start:\n${said}`);
    }
    await sleep(50);
  }
}

async function callCore<T>(
  origin: string,
  token: string,
  operation: string,
  input: unknown,
): Promise<T> {
  const response = await fetch(`${origin}/api/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, origin },
    body: JSON.stringify({ operation, input }),
  });
  const answer = await response.json();
  if (!answer.ok) throw new Error(`${operation}: ${answer.error.code}: ${answer.error.message}`);
  return answer.output;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
}

/** Starts a process of the demo fleet as the browser host does. */
export const spawnDemo: SpawnDemo = (module, env) => {
  const child = fork(module, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    pid: child.pid,
    onExit: (fn) => child.on('exit', fn),
    kill: () => child.kill(),
  };
};

export interface Window {
  page: Page;
  context: BrowserContext;
  /** What the page complained about so far. */
  complaints: string[];
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('No browser was found; npm test gets one.');
  return chromium.launch({
    executablePath,
    // As root a sandbox cannot be set up; the pages are our own.
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

export async function openWindow(
  browser: Browser,
  address: string,
  options: { colorScheme?: 'dark' | 'light'; width?: number; height?: number } = {},
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.colorScheme ?? 'dark',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(address);
  return { page, context, complaints };
}

/** The process ids that the console wrote down when it started its demo fleet. */
export async function fleetPids(dataDir: string): Promise<number[]> {
  const log = await readFile(path.join(dataDir, 'nightdesk.log'), 'utf8');
  const line = log.split('\n').find((one) => one.includes('demo fleet started'));
  const pids: Record<string, number> = line ? JSON.parse(line).pids : {};
  return Object.values(pids);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
