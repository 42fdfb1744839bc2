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
        ? sentence(
            result.why ||
              `all ${plural(result.entries, 'entry', 'entries')} carry the hash of the one before`,
          )
        : `${result.firstBad === null ? '' : `Entry ${formatCount(result.firstBad)} is the first that does not fit. `}${sentence(result.why)}`}{' '}
      Head <CopyId id={result.head} chars={12} label="head" /> · verified{' '}
      <Moment at={result.verifiedAt} seconds />
    </Notice>
  );
}

function sentence(text: string): string {
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
