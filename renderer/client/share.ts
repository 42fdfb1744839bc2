/** Conversations out of this window as files, and a bundle in: in pieces, because a call is bounded. */
import { useMutation } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { Input, Output } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { BUNDLE_LIMITS, PIECE_CHARS } from '#shared/util/share-limits.ts';
import { call } from './client.ts';
import { useOperation } from './query.ts';
import { useSession } from './session.ts';

/** The pieces of a file that the core holds. They go into a Blob one by one: nowhere is there one text of all. */
async function piecesOf(file: string): Promise<string[]> {
  const pieces: string[] = [];
  for (let piece: number | null = 0; piece !== null; ) {
    const got: Output<'share.piece'> = await call('share.piece', { file, piece });
    pieces.push(got.text);
    piece = got.next;
  }
  return pieces;
}

const TYPES = { bundle: 'application/jsonl', html: 'text/html' } as const;

export interface ShareMeans {
  save: (fileName: string, content: Blob) => void;
  /** False where the clipboard refuses. */
  copy: (text: string) => Promise<boolean>;
}

export type ImportAnswer = Output<'share.import'>;

/** What can be done with a conversation or a set of them, and how the last of it went. */
export function useShare(what: Input<'share.prepare'>['what'], means: ShareMeans) {
  const mayAct = useSession()?.role !== 'viewer';
  const [said, setSaid] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback((words: string) => {
    setSaid(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(null), 5000);
  }, []);
  const act = useMutation<string | null, NightdeskError, () => Promise<string | null>>({
    mutationFn: (run) => run(),
  });
  const sets = useOperation('share.evaluationSets', {}, { enabled: mayAct });

  const download = async (format: 'bundle' | 'html') => {
    const { file, fileName, cut } = await call('share.prepare', { what, format });
    means.save(fileName, new Blob(await piecesOf(file), { type: TYPES[format] }));
    say('Saved');
    return cut;
  };
  const copy = async () => {
    const { file } = await call('share.prepare', { what, format: 'markdown' });
    const copied = await means.copy((await piecesOf(file)).join(''));
    say(copied ? 'Copied' : 'Not copied');
    return copied ? null : 'The browser did not let the console write to the clipboard.';
  };
  const evaluate = async (name: string) => {
    const { added, grown, already, silent, total, cut } = await call('share.evaluate', {
      name,
      what,
    });
    say('Added');
    const rest = [
      ...(grown > 0 ? [`${grown} grew since ${grown === 1 ? 'it was' : 'they were'} added.`] : []),
      ...(already > 0 ? [`${already} were in it before.`] : []),
      ...(silent > 0 ? [`${silent} have no messages.`] : []),
    ];
    return [`${added} added to ${name}, which has ${total} now.`, ...rest, cut ?? '']
      .filter((words) => words !== '')
      .join(' ');
  };
  const fetchSet = async (name: string) => {
    const { file, fileName } = await call('share.evaluationSet', { name });
    means.save(fileName, new Blob(await piecesOf(file), { type: 'application/jsonl' }));
    return null;
  };
  return {
    mayAct,
    pending: act.isPending,
    /** What was done, for some seconds. */
    said,
    /** What a person should know of it: not all of it is in the file, or it failed. */
    note: act.data ?? null,
    error: act.error?.message ?? null,
    clear: act.reset,
    sets: sets.data?.sets ?? [],
    bundle: () => act.mutate(() => download('bundle')),
    html: () => act.mutate(() => download('html')),
    copy: () => act.mutate(copy),
    evaluate: (name: string) => act.mutate(() => evaluate(name)),
    fetchSet: (name: string) => act.mutate(() => fetchSet(name)),
  };
}

/** Sends a bundle piece by piece and has it checked and stored. */
export async function importBundle(
  file: { name: string; size: number; text: () => Promise<string> },
  onProgress: (share: number) => void,
): Promise<ImportAnswer> {
  // Four bytes a character at most, and half as much again for hashes: below that the core counts exactly.
  if (file.size > BUNDLE_LIMITS.chars * 6) {
    throw new NightdeskError(
      'bad_input',
      'The file is too large for a bundle. Nothing was imported.',
    );
  }
  const text = await file.text();
  let upload: string | null = null;
  for (let from = 0; from < text.length || upload === null; from += PIECE_CHARS) {
    const sent: Output<'share.upload'> = await call('share.upload', {
      upload,
      text: text.slice(from, from + PIECE_CHARS),
    });
    upload = sent.upload;
    onProgress(Math.min(1, (from + PIECE_CHARS) / text.length));
  }
  return call('share.import', { upload, fileName: file.name.slice(0, 200) });
}
