/** Ends the process with a plain sentence where this Node cannot run the project. */
export function needNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return;
  process.stderr.write(
    `This needs Node 22.18 or newer; this is ${process.versions.node}. ` +
      'Start it through npm (npm test, npm run check), which brings its own after npm ci.\n',
  );
  process.exit(1);
}
