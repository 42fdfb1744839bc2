import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';

/** `1,000` is one in Berlin and a thousand in Boston. */
const TWO_MEANINGS = /[1-9]\d*,\d{3}$/;

/** A number as it is typed, with a point or a decimal comma; a whole one with neither. Null where it is none, or could be meant as two. */
export function readNumber(text: string, whole = false): number | null {
  const typed = text.trim();
  const form = whole ? /^-?\d+$/ : /^-?(?:\d+[.,]?\d*|[.,]\d+)$/;
  return form.test(typed) && !TWO_MEANINGS.test(typed) ? Number(typed.replace(',', '.')) : null;
}

type Shown = Pick<
  TextInputProps,
  'size' | 'label' | 'aria-label' | 'description' | 'placeholder' | 'rightSection' | 'mt' | 'w'
> & {
  min: number;
  max: number;
  whole?: boolean;
  /** Said of what does not fit. */
  wrong?: string;
};

/** One that must hold a number. */
export function BoundField(props: Shown & { value: number; onChange: (value: number) => void }) {
  const { onChange } = props;
  return (
    <NumberField
      {...props}
      required
      onChange={(value) => {
        if (value !== null) onChange(value);
      }}
    />
  );
}

/**
 * A box for a number; null where it is empty. What it holds is told only while it fits, and a form around it is not sent
 * before it does. No `type="number"`: in that, a browser drops the comma of `0,5`, and five is left.
 */
export function NumberField(
  props: Shown & {
    value: number | null;
    required?: boolean;
    onChange: (value: number | null) => void;
  },
) {
  const { max, min, onChange, required = false, value, whole = false, wrong, ...shown } = props;
  const [text, setText] = useState(value === null ? '' : String(value));
  const [shownFor, setShownFor] = useState(value);
  const read = (typed: string) => {
    const number = readNumber(typed, whole);
    return number !== null && number >= min && number <= max ? number : null;
  };
  // Set from elsewhere. While it is what was typed, the text stays as it was typed.
  if (value !== shownFor) {
    setShownFor(value);
    if (value === null || read(text) !== value) setText(value === null ? '' : String(value));
  }
  const fits = text.trim() === '' ? !required : read(text) !== null;
  const bounds = wrong ?? `${whole ? 'a whole number, ' : ''}${min} to ${max}`;
  const problem = fits ? null : TWO_MEANINGS.test(text.trim()) ? 'leave the comma out' : bounds;
  return (
    <TextInput
      size="xs"
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      {...shown}
      ref={(box) => box?.setCustomValidity(problem ?? '')}
      value={text}
      error={problem}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const number = read(next);
        if (number !== null) onChange(number);
        else if (next.trim() === '' && !required) onChange(null);
      }}
    />
  );
}
