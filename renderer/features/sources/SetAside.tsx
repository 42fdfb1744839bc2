import type { SetAsideCache } from '#shared/model/source.ts';
import { CopyId, formatBytes, formatMoment, Notice } from '../../ui/index.ts';

/** Earlier caches that could not be used: which files they are, and what is nowhere else. */
export function SetAside({ files }: { files: readonly SetAsideCache[] }) {
  return files.map(({ file, at, bytes }) => (
    <Notice key={file} tone="watch" word="Cache begun anew">
      On {formatMoment(at)} the cache could not be used (the log says why). It was set aside in the
      data folder as <CopyId id={file} label="file name" /> ({formatBytes(bytes)}) and a new one was
      begun. What sources still hold is pulled again. Conversations that services sent, re-runs and
      imported conversations are only in that file. Move it away to end this notice.
    </Notice>
  ));
}
