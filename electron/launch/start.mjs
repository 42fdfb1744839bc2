// Plain JavaScript that any Node can read: what follows needs one that runs TypeScript.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Nightdesk needs Node 22.18 or newer; this is ${process.versions.node}.\n` +
      'Start it with "npm start": on Linux and Windows that uses the Node that was installed with it.\n' +
      'On a Mac, install Node 24 (https://nodejs.org) and try again.\n',
  );
  process.exit(1);
}
const { start } = await import('./start.ts');
await start(process.argv.slice(2));
