// ArtifactService: bytes that machines use, kept by the daemon.

import { invalidField } from '../../machine/errors.ts';
import { checkEtag } from '../etag.ts';
import { pageOf } from '../page.ts';
import { toTimestamp } from '../timestamp.ts';
import type { Artifact, ArtifactService } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { ArtifactStore, StoredArtifact, Upload } from '../artifacts/artifact-store.ts';
import type { Implementation } from '../call.ts';
import type { Projects } from '../projects.ts';
import type { Quotas } from '../quota/quotas.ts';

const CHUNK_BYTES = 1 << 20;

const etag = (artifact: StoredArtifact): string => `"${artifact.sha256.slice(0, 16)}"`;

function toMessage(artifact: StoredArtifact): Input<Artifact> {
  return {
    name: artifact.name,
    uid: artifact.uid,
    etag: etag(artifact),
    labels: artifact.labels,
    create_time: toTimestamp(new Date(artifact.createTime)),
    size_bytes: artifact.size,
    sha256: artifact.sha256,
  };
}

export function artifactService(artifacts: ArtifactStore, projects: Projects, quotas: Quotas): Implementation<ArtifactService> {
  const find = (name: string): StoredArtifact => artifacts.get(name);
  return {
    async UploadArtifact(requests) {
      let upload: Upload | undefined;
      try {
        for await (const { header, chunk } of requests) {
          if (header) {
            if (upload) throw invalidField('header', 'must be the first message only');
            const { name } = projects.get(header.parent);
            const allow = (more: number): void => quotas.checkArtifact(name, artifacts.bytesIn(name), more);
            upload = artifacts.begin(name, header.artifact_id, header.labels, header.sha256, allow);
          } else if (!upload) throw invalidField('header', 'the first message must be the header');
          else upload.add(chunk!);
        }
        if (!upload) throw invalidField('header', 'the first message must be the header');
        return { artifact: toMessage(await upload.finish()) };
      } finally {
        upload?.abandon();
      }
    },

    async DownloadArtifact({ name, offset }, send) {
      const artifact = find(name);
      if (offset > BigInt(artifact.size)) throw invalidField('offset', `is behind the end, which is at ${artifact.size}`);
      const bytes = await artifacts.load(artifact);
      for (let at = Number(offset); at < bytes.length; at += CHUNK_BYTES)
        await send({ offset: at, chunk: bytes.subarray(at, at + CHUNK_BYTES) });
    },

    GetArtifact: ({ name }) => ({ artifact: toMessage(find(name)) }),

    ListArtifacts(request) {
      const { name } = projects.get(request.parent);
      const { items, next_page_token } = pageOf(`${name}/artifacts`, artifacts.in(name), (artifact) => artifact.ordinal, request);
      return { artifacts: items.map(toMessage), next_page_token };
    },

    async DeleteArtifact({ name, etag: given }) {
      const artifact = find(name);
      checkEtag(name, etag(artifact), given);
      await artifacts.delete(name);
      return {};
    },
  };
}
