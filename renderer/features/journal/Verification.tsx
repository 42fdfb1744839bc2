import type { Output } from '#shared/contract/index.ts';
import { CopyId, formatCount, Moment, Notice, plural } from '../../ui/index.ts';

/** The result of walking the chain from its first entry to its head. */
export function Verification(props: { result: Output<'journal.verify'> }) {
  const { result } = props;
  return (
    <Notice
      tone={result.ok ? 'ok' : 'bad'}
      word={result.ok ? 'Whole' : 'Tampered with, or damaged'}
    >
      {result.ok
        ? `${plural(result.entries, 'entry', 'entries')}, ${result.why || 'each carries the hash of the one before'}.`
        : `The first entry that does not fit is ${result.firstBad === null ? 'not known' : formatCount(result.firstBad)}: ${result.why}.`}{' '}
      Head <CopyId id={result.head} chars={12} label="head" /> · verified{' '}
      <Moment at={result.verifiedAt} seconds />
    </Notice>
  );
}
