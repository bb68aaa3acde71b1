// TLS: the daemon's certificate and key, and whose client certificates count. The files are looked at again every minute, so renewed ones
// are used for new connections without a restart; what cannot be used is logged, and the last good ones stay.

import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { experimental } from '@grpc/grpc-js';
import { ConfigError } from './settings.ts';
import type { ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Config } from './settings.ts';

type Provider = experimental.CertificateProvider;
type CaListener = Parameters<Provider['addCaCertificateListener']>[0];
type IdentityListener = Parameters<Provider['addIdentityCertificateListener']>[0];

interface Files {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
  /** Null: client certificates are not asked for. */
  readonly caCertificate: Buffer | null;
}

const LOOK_MILLISECONDS = 60_000;

export class TlsFiles implements Provider {
  private readonly config: Config;
  private readonly log: Logger;
  private readonly ca = new Set<CaListener>();
  private readonly identity = new Set<IdentityListener>();
  private readonly looking: NodeJS.Timeout;
  private files: Files;

  /** Throws ConfigError if the files cannot be used. */
  constructor(config: Config, log: Logger) {
    this.config = config;
    this.log = log;
    this.files = read(config);
    this.looking = setInterval(() => this.look(), LOOK_MILLISECONDS);
    this.looking.unref();
  }

  credentials(): ServerCredentials {
    // What its parameters are called is the wrong way round: the first one gives the identity.
    return experimental.createCertificateProviderServerCredentials(
      this,
      this.files.caCertificate ? this : null,
      this.config.tlsRequireClientCert,
    );
  }

  close(): void {
    clearInterval(this.looking);
  }

  /** Takes what is in the files now, if it is new and good. */
  look(): void {
    let files: Files;
    try {
      files = read(this.config);
    } catch (error) {
      this.log.error({ err: error }, 'TLS files cannot be used; the last good ones stay');
      return;
    }
    const { certificate, privateKey, caCertificate } = this.files;
    if (files.certificate.equals(certificate) && files.privateKey.equals(privateKey) && same(files.caCertificate, caCertificate)) return;
    this.files = files;
    this.log.info('new TLS files are in use');
    for (const listener of this.identity) listener(files);
    for (const listener of this.ca) listener(caOf(files));
  }

  addCaCertificateListener(listener: CaListener): void {
    this.ca.add(listener);
    process.nextTick(listener, caOf(this.files));
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.ca.delete(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.identity.add(listener);
    process.nextTick(listener, this.files);
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.identity.delete(listener);
  }
}

const caOf = ({ caCertificate }: Files): { caCertificate: Buffer } | null => caCertificate && { caCertificate };
const same = (a: Buffer | null, b: Buffer | null): boolean => (a && b ? a.equals(b) : a === b);

function read(config: Config): Files {
  const file = (flag: string, path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new ConfigError(`--${flag}: ${(error as Error).message}`);
    }
  };
  const files: Files = {
    certificate: file('tls-cert', config.tlsCert),
    privateKey: file('tls-key', config.tlsKey),
    caCertificate: config.tlsClientCa === '' ? null : file('tls-client-ca', config.tlsClientCa),
  };
  try {
    const { certificate: cert, privateKey: key, caCertificate: ca } = files;
    createSecureContext({ cert, key, ...(ca ? { ca } : {}) });
  } catch (error) {
    throw new ConfigError(`--tls-cert, --tls-key, --tls-client-ca: not PEM files that belong together: ${(error as Error).message}`);
  }
  return files;
}
