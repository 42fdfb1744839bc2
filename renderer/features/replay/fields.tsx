/** The few fields of a re-run: what is typed is kept only where it is a number in its bounds. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';

export function NumberField(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  onChange: (value: number) => void;
}) {
  const [text, setText] = useState(String(props.value));
  const step = props.step ?? 1;
  const value = Number(text);
  const whole = step >= 1 ? Number.isInteger(value) : Number.isFinite(value);
  const fits = text.trim() !== '' && whole && value >= props.min && value <= props.max;
  return (
    <TextInput
      type="number"
      size="xs"
      label={props.label}
      value={text}
      min={props.min}
      max={props.max}
      step={step}
      required
      withAsterisk={false}
      error={fits ? undefined : `${props.min} to ${props.max}`}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const number = Number(next);
        const good =
          next.trim() !== '' &&
          (step >= 1 ? Number.isInteger(number) : Number.isFinite(number)) &&
          number >= props.min &&
          number <= props.max;
        if (good) props.onChange(number);
      }}
    />
  );
}

export function SelectField(props: {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <NativeSelect
      size="xs"
      label={props.label}
      value={props.value}
      data={[...props.options]}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
