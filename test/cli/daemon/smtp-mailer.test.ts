// Through a real SMTP server: Python's, which prints what it gets.
import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { smtpMailer } from '../../../src/cli/daemon/smtp-mailer.ts';
import { until } from '../../integration/daemon-processes.ts';
import { freePort } from '../../ports.ts';

const SERVER = `
import asyncore, smtpd, sys
class Server(smtpd.SMTPServer):
    def process_message(self, peer, sender, to, data, **options):
        if 'refused@example.com' in to: return '550 5.1.1 no such user with secret s3cret'
        print(sender, ','.join(to), data.decode(), sep='|', flush=True)
Server(('127.0.0.1', int(sys.argv[1])), None)
print('ready', flush=True)
asyncore.loop()
`;

/** Text of what arrived so far; ends with the test. */
async function startServer(): Promise<{ readonly port: number; readonly said: () => string; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn('python3', ['-W', 'ignore', '-c', SERVER, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('python3 has no SMTP server')));
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.startsWith('ready')) resolve();
    });
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  return { port, said: () => said, stop };
}

describe('Mail over SMTP', () => {
  test('arrives with its recipient, subject and text', async () => {
    const server = await startServer();
    try {
      const mailer = smtpMailer({
        server: `127.0.0.1:${server.port}`,
        from: 'chronos@example.com',
        user: undefined,
        password: undefined,
        isSsl: false,
      });
      await mailer.send({
        from: 'chronos@example.com',
        to: 'ops@example.com',
        subject: 'job failed: Grüße',
        text: 'why\nand where',
      });
      await until('it is printed', 10_000, () => server.said().includes('and where'));
      expect(server.said()).toContain('chronos@example.com|ops@example.com|');
      expect(server.said()).toMatch(/^Subject: =\?UTF-8\?Q\?job_failed=3A_Gr/m);
      expect(server.said()).toMatch(/\nwhy\r?\nand where/);
      const refused = mailer.send({ from: 'chronos@example.com', to: 'refused@example.com', subject: 's', text: 't' });
      await expect(refused).rejects.toThrow(/did not take it: \w+ 550$/);
    } finally {
      await server.stop();
    }
  });

  test('a server that is not there is told by its code', async () => {
    const port = await freePort();
    const mailer = smtpMailer({
      server: `127.0.0.1:${port}`,
      from: 'a@b',
      user: 'me',
      password: 's3cret',
      isSsl: false,
    });
    await expect(mailer.send({ from: 'a@b', to: 'c@d', subject: 's', text: 't' })).rejects.toThrow(
      `the mail server 127.0.0.1:${port} did not take it: ESOCKET`,
    );
  });
});
