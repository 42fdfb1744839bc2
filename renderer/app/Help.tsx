import { Modal } from '@mantine/core';
import { useWindow } from '../client/window.ts';
import { Kbd } from '../ui/text.tsx';
import styles from './Help.module.css';
import { FRAME_KEYS } from './keys.ts';

/** The keys: those of the frame, and those of the open screen. */
export default function Help() {
  const open = useWindow((state) => state.help);
  const commands = useWindow((state) => state.commands);
  const own = Object.values(commands)
    .flat()
    .flatMap(({ keys, label }) => (keys === undefined ? [] : [{ keys, does: label }]));
  return (
    <Modal
      opened={open}
      onClose={() => useWindow.getState().setHelp(false)}
      title="Keys"
      size="lg"
      transitionProps={{ duration: 0 }}
    >
      <div className={styles.columns}>
        <Keys title="Everywhere" rows={FRAME_KEYS} />
        {own.length > 0 ? <Keys title="On this screen" rows={own} /> : null}
      </div>
    </Modal>
  );
}

function Keys(props: { title: string; rows: readonly { keys: string; does: string }[] }) {
  return (
    <section>
      <h3 className={styles.title}>{props.title}</h3>
      <dl className={styles.list}>
        {props.rows.map((row) => (
          <div key={row.keys + row.does} className={styles.row}>
            <dt>
              {row.keys.split(' ').map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{row.does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
