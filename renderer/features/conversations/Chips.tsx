import { Button } from '@mantine/core';
import { plainString } from '#shared/util/visible-text.ts';
import { IconX } from '../../ui/icons.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { chipsOf } from './chips.ts';
import styles from './Filters.module.css';
import { type Asked, NOTHING_ASKED } from './filter-url.ts';

/** What narrows the list, each with its way out. Nothing where nothing does. */
export function Chips(props: { asked: Asked; onChange: (asked: Asked) => void }) {
  const { asked, onChange } = props;
  const chips = chipsOf(asked);
  if (chips.length === 0) return null;
  return (
    <div className={styles.bar}>
      <ul className={styles.chips} aria-label="Filters">
        {chips.map(({ id, kind, value, without }) => (
          <li key={id}>
            <button
              type="button"
              className={styles.chip}
              aria-label={plainString(`Remove the filter ${kind} ${value}`)}
              onClick={() => onChange(without)}
            >
              <span className={styles.dim}>{kind}</span>
              <PlainText text={value.slice(0, 80)} />
              <IconX size={12} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {chips.length > 1 ? (
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => onChange({ ...NOTHING_ASKED, text: asked.text, sort: asked.sort })}
        >
          Clear all
        </Button>
      ) : null}
    </div>
  );
}
