// TLS and client certificates, with authorities made for the occasion by openssl.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as dial } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/server/config.ts';
import { TlsFiles } from '../../../src/server/tls.ts';
import { have } from '../../e2e/beside.ts';
import { failure, PROJECT } from '../harness.ts';
import { startAuthDaemon } from './auth-daemon.ts';
import type { Config } from '../../../src/server/settings.ts';
import type { AuthDaemon } from './auth-daemon.ts';

let directory: string;
let daemon: AuthDaemon | undefined;
const at = (name: string): string => join(directory, name);
const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });

function authority(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  ); // prettier-ignore
}

function certificate(name: string, commonName: string, by: string): void {
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    `/CN=${commonName}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  ); // prettier-ignore
  writeFileSync(at('extensions'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${by}.pem`,
    '-CAkey',
    `${by}.key`,
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    'extensions',
    '-out',
    `${name}.pem`,
  ); // prettier-ignore
}

const file = (name: string): Buffer => readFileSync(at(name));
const shown = (name: string) => ({ tls: { ca: file('ca.pem'), cert: file(`${name}.pem`), key: file(`${name}.key`) } });
const TLS = () => ['--tls-cert', at('server.pem'), '--tls-key', at('server.key')];

describe.runIf(have('tests of TLS', 'openssl'))('TLS', () => {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'uintrd-tls-'));
    authority('ca');
    authority('other');
    certificate('server', 'uintrd', 'ca');
    certificate('alice', 'alice', 'ca');
    certificate('nobody', 'nobody', 'ca');
    certificate('forged', 'alice', 'other');
  });
  afterEach(async () => {
    await daemon?.stop();
    daemon = undefined;
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('carries tokens to whoever knows the authority, and nothing in clear', async () => {
    daemon = await startAuthDaemon(TLS());
    const { secret } = await daemon.user('bob', [{ project: PROJECT, role: 'ROLE_VIEWER' }]);
    const good = daemon.as({ token: secret, tls: { ca: file('ca.pem') } });
    expect(await good.lab.WhoAmI({})).toMatchObject({ user: 'users/bob' });
    for (const access of [{ token: secret }, { token: secret, tls: { ca: file('other.pem') } }])
      expect(await failure(daemon.as(access).lab.WhoAmI({}, { timeout: 5000 }))).toMatchObject({ status: 'UNAVAILABLE', reason: '' });
  });

  it('knows users by the certificates of one authority', async () => {
    daemon = await startAuthDaemon([...TLS(), '--tls-client-ca', at('ca.pem')]);
    const { secret } = await daemon.user('alice', [{ project: PROJECT, role: 'ROLE_OPERATOR' }]);
    expect(await daemon.as(shown('alice')).lab.WhoAmI({})).toMatchObject({
      user: 'users/alice',
      credential: 'CREDENTIAL_CERTIFICATE',
      token: '',
    });
    expect(await failure(daemon.as(shown('nobody')).lab.WhoAmI({}))).toMatchObject({
      status: 'UNAUTHENTICATED',
      message: expect.stringContaining('"nobody"') as string,
    });
    // Who shows the right name by another authority is a stranger, and may still have a token.
    expect(await failure(daemon.as(shown('forged')).lab.WhoAmI({}))).toMatchObject({ status: 'UNAUTHENTICATED' });
    expect(await daemon.as({ ...shown('forged'), token: secret }).lab.WhoAmI({})).toMatchObject({ credential: 'CREDENTIAL_TOKEN' });
    expect(await daemon.as({ token: secret, tls: { ca: file('ca.pem') } }).lab.WhoAmI({})).toMatchObject({ user: 'users/alice' });
  });

  it('can be closed to those without one', async () => {
    daemon = await startAuthDaemon([...TLS(), '--tls-client-ca', at('ca.pem'), '--tls-require-client-cert']);
    const { secret } = await daemon.user('alice', [{ project: PROJECT, role: 'ROLE_OPERATOR' }]);
    await daemon.as(shown('alice')).lab.WhoAmI({});
    for (const access of [{ token: secret, tls: { ca: file('ca.pem') } }, shown('forged')])
      expect(await failure(daemon.as(access).lab.WhoAmI({}, { timeout: 5000 }))).toMatchObject({ status: 'UNAVAILABLE' });
  });

  it('takes renewed files for new connections, and keeps good ones when they are broken', async () => {
    for (const end of ['pem', 'key']) copyFileSync(at(`server.${end}`), at(`live.${end}`));
    const flags = ['--tls-cert', at('live.pem'), '--tls-key', at('live.key')];
    const lines: string[] = [];
    const files = new TlsFiles(readConfig(flags, {}) as Config, pino({}, { write: (line: string) => void lines.push(line) }));
    const given: Buffer[] = [];
    files.addIdentityCertificateListener((update) => void given.push(update!.certificate));
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(at('live.pem'), 'broken');
    files.look();
    expect(lines[0]).toContain('the last good ones stay');
    for (const end of ['pem', 'key']) copyFileSync(at(`alice.${end}`), at(`live.${end}`));
    files.look();
    files.look();
    files.close();
    expect(given).toEqual([file('server.pem'), file('alice.pem')]);
  });

  it.each([
    [['--tls-cert', 'missing', '--tls-key', 'missing'], /--tls-cert: ENOENT/],
    [['--tls-cert', 'server.pem', '--tls-key', 'alice.key'], /not PEM files that belong together/],
    [['--tls-cert', 'extensions', '--tls-key', 'server.key'], /not PEM/],
  ])('%j is refused at the start', async ([certFlag, cert, keyFlag, key], message) => {
    await expect(startAuthDaemon([certFlag!, at(cert!), keyFlag!, at(key!)])).rejects.toThrow(message);
  });

  it('is of version 1.2 at least', async () => {
    daemon = await startAuthDaemon(TLS());
    const [host, port] = daemon.address.split(':');
    const outcome = await new Promise<string>((resolve) => {
      const socket = dial({
        host,
        port: Number(port),
        ca: file('ca.pem'),
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ALPNProtocols: ['h2'],
      });
      socket.on('secureConnect', () => resolve('connected'));
      socket.on('error', () => resolve('refused'));
    });
    expect(outcome).toBe('refused');
  });
});
