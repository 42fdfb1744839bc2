import styles from './TopBar.module.css';

export function TopBar() {
  return (
    <header className={styles.top}>
      <strong>Nightdesk</strong>
    </header>
  );
}
