import { Button, Tooltip } from '@mantine/core';
import type { MatrixRow } from '#shared/contract/overview.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { costWords } from '#shared/util/cost-words.ts';
import { FAILURE_WORD } from '#shared/util/failure-words.ts';
import { NO_ANSWER } from '#shared/util/unanswered.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { addressOf, go, LOOK_ONLY, useAct, useMayAct, useWindow } from '../../client/index.ts';
import { ImportedChip } from '../../ui/ImportedChip.tsx';
import { IconPin } from '../../ui/icons.ts';
import { CopyId, formatDuration, formatUsd, plural, VersionTag } from '../../ui/index.ts';
import { ExportMenu } from './Export.tsx';
import styles from './Header.module.css';

/** Who, what, how long, what went wrong; and what can be done from here. */
export function Header(props: {
  summary: ConversationSummary;
  /** Rows of the same service: which version is candidate, which is stable. */
  versions: readonly MatrixRow[];
  live: boolean;
  /** An answer is missing. */
  unanswered: boolean;
  /** The selected turn, from 0. */
  selected: number;
}) {
  const { summary } = props;
  const mayAct = useMayAct();
  const part = props.versions.find((row) => row.version === summary.version)?.part;
  const stable = props.versions.find((row) => row.part === 'stable')?.version;
  return (
    <div className={styles.head}>
      <CopyId id={summary.id} chars={28} label="correlation ID" />
      <ImportedChip summary={summary} />
      <span className={styles.service}>{plainString(summary.service)}</span>
      {summary.versions.map((version) => (
        <VersionTag
          key={version}
          version={version}
          part={props.versions.find((row) => row.version === version)?.part}
        />
      ))}
      <span className={styles.facts}>
        {plural(summary.turns, 'turn')} · {formatDuration(summary.endedAt - summary.startedAt)}
        {summary.channel ? ` · ${plainString(summary.channel)}` : ''}
        {summary.language ? ` · ${plainString(summary.language)}` : ''} ·{' '}
        {costWords(summary, formatUsd)}
        {props.live ? ' · going on now' : ''}
      </span>
      {summary.failures.length > 0 ? (
        <span className={styles.failures} title={failureWords(summary)}>
          {failureWords(summary)}
        </span>
      ) : props.unanswered ? (
        <span className={styles.watch}>{NO_ANSWER}</span>
      ) : (
        <span className={styles.fine}>no failures</span>
      )}
      <span className={styles.actions}>
        <Button
          variant="default"
          onClick={() =>
            go(
              addressOf('/replays/new', {
                of: summary.id,
                service: summary.service,
                in: summary.environment,
                turn: String(props.selected + 1),
              }),
            )
          }
        >
          Re-run
          {stable !== undefined && stable !== summary.version ? ` on ${plainString(stable)}` : ''}
        </Button>
        <ExportMenu summary={summary} />
        <PinButton summary={summary} />
        {part === 'candidate' && stable !== undefined ? (
          <Button
            disabled={!mayAct}
            title={mayAct ? undefined : LOOK_ONLY}
            onClick={() =>
              useWindow.getState().openPlan({
                kind: 'rollback',
                service: summary.service,
                environment: summary.environment,
              })
            }
          >
            Roll back {plainString(summary.version)} → {plainString(stable)}
          </Button>
        ) : null}
      </span>
    </div>
  );
}

export function failureWords(summary: ConversationSummary): string {
  return summary.failures
    .map((failure) =>
      failure === 'unsure' && summary.unsure > 1
        ? `unsure ×${summary.unsure}`
        : FAILURE_WORD[failure],
    )
    .join(' · ');
}

function PinButton({ summary }: { summary: ConversationSummary }) {
  const act = useAct('conversations.pin');
  const pinned = act.data?.pinned ?? summary.pinned;
  return (
    <Tooltip
      label={
        act.error
          ? `Not changed: ${act.error.message}`
          : pinned
            ? 'Pinned: never pruned from the cache. Press to let it go.'
            : 'Pinned conversations are never pruned from the cache.'
      }
    >
      <Button
        variant="default"
        aria-pressed={pinned}
        loading={act.isPending}
        leftSection={<IconPin size={14} />}
        onClick={() => act.mutate({ key: summary.key, pinned: !pinned })}
      >
        {pinned ? 'Pinned' : 'Pin'}
      </Button>
    </Tooltip>
  );
}
