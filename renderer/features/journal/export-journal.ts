import { call } from '../../client/client.ts';
import { saveFile } from '../../ui/index.ts';

/**
 * Fetches the whole journal piece by piece and hands it to the person as a file. The pieces go into a Blob one by one,
 * which the browser keeps on disk when it is large: nowhere is there one text of the whole.
 */
export async function exportJournal(
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  const pieces: Blob[] = [];
  let after = 0;
  let upTo: number | undefined;
  for (;;) {
    const piece = await call(
      'journal.export',
      { after, ...(upTo === undefined ? {} : { upTo }) },
      signal,
    );
    pieces.push(new Blob([piece.text]));
    if (piece.next === null) {
      saveFile(piece.fileName, new Blob(pieces, { type: 'application/jsonl' }));
      return;
    }
    ({ next: after, upTo } = { next: piece.next, upTo: piece.upTo });
    onProgress(upTo === 0 ? 1 : after / upTo);
  }
}
