import { type ClipboardEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { plainString } from '#shared/util/visible-text.ts';
import { go } from '../client/go.ts';
import { useWindow } from '../client/window.ts';
import { IconSearch } from '../ui/icons.ts';
import { Kbd } from '../ui/text.tsx';
import styles from './FindBox.module.css';
import { findPlaces, obviousPlace, type Place } from './find.ts';
import { isMac } from './keys.ts';

/** Takes anything pasted and goes there; where it could mean several things, offers them. */
export function FindBox() {
  const environment = useWindow((state) => state.environment);
  const [text, setText] = useState('');
  const [places, setPlaces] = useState<readonly Place[] | null>(null);
  const [active, setActive] = useState(0);
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const listId = useId();

  const close = () => {
    running.current?.abort();
    setPlaces(null);
    setBusy(false);
  };
  useEffect(() => () => running.current?.abort(), []);

  const open = (place: Place) => {
    close();
    setText(place.kind === 'conversation' || place.kind === 'flag' ? place.label : '');
    box.current?.blur();
    go(place.path);
  };

  const find = async (asked: string) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setBusy(true);
    const found = await findPlaces(asked, environment, location.origin, own.signal);
    if (own.signal.aborted) return;
    setBusy(false);
    const obvious = obviousPlace(found);
    if (obvious) open(obvious);
    else {
      setPlaces(found);
      setActive(0);
    }
  };

  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData('text').trim();
    if (pasted === '' || pasted.length > 10_000) return;
    event.preventDefault();
    setText(pasted);
    void find(pasted);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') {
      close();
      box.current?.blur();
    } else if (event.key === 'Enter') {
      const chosen = places?.[active];
      if (chosen) open(chosen);
      else if (text.trim() !== '') void find(text);
    } else if (places && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((at) => (at + step + places.length) % places.length);
    }
  };

  return (
    <div className={styles.find}>
      <IconSearch size={14} aria-hidden="true" className={styles.icon} />
      <input
        ref={box}
        id="find"
        className={styles.input}
        value={text}
        placeholder="Paste a correlation ID, an alert link, a flag…"
        aria-label="Find by correlation ID, alert link, flag or words"
        role="combobox"
        aria-expanded={places !== null}
        aria-controls={listId}
        aria-activedescendant={places ? `${listId}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={10_000}
        onChange={(event) => {
          setText(event.target.value);
          setPlaces(null);
        }}
        onPaste={onPaste}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <span className={styles.hint}>
        {busy ? 'looking…' : <Kbd>{isMac ? '⌘ K' : 'Ctrl K'}</Kbd>}
      </span>
      {places ? (
        <div className={styles.list} role="listbox" id={listId} aria-label="Places found">
          {places.length === 1 ? (
            <p className={styles.none}>Nothing here goes by that name.</p>
          ) : null}
          {places.map((place, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the box, which keeps the focus
            <div
              key={place.id}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              className={styles.place}
              onMouseDown={(event) => event.preventDefault()}
              onMouseEnter={() => setActive(index)}
              onClick={() => open(place)}
            >
              <span className={styles.kind}>{place.kind}</span>
              <span className={styles.label}>{plainString(place.label)}</span>
              <span className={styles.detail}>{plainString(place.detail)}</span>
            </div>
          ))}
        </div>
      ) : null}
    </div>
  );
}
