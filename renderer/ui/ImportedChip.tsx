import { Tooltip } from '@mantine/core';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { importedFrom } from '#shared/util/imported.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { formatMoment } from './format.ts';
import styles from './ShareMenu.module.css';

/** Says quietly that a conversation came in a bundle: from where, by whom. Nothing where it did not. */
export function ImportedChip(props: {
  summary: Pick<ConversationSummary, 'imported' | 'environment'>;
}) {
  const { imported, environment } = props.summary;
  if (imported === undefined) return null;
  const words = plainString(
    `From ${importedFrom(environment) ?? environment} of another console: ${imported.fileName || 'a bundle'}, imported by ${imported.by}, ${formatMoment(imported.at)}. It counts for nothing here.`,
  );
  return (
    <Tooltip label={words} multiline maw={360}>
      <span className={styles.chip} title={words}>
        imported
      </span>
    </Tooltip>
  );
}
