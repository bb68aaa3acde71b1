# The daemon and uintrctl on Node 24, without compilers, sources or development packages.
#   docker build -t uintrd . && docker compose up -d          (compose.yaml; docs/operations.md)

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /src
COPY package.json package-lock.json ./
# The optional packages are a Node 24 for hosts with an older one.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /opt/uintrd
COPY --from=packages /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY bin bin
COPY package.json LICENSE THIRD_PARTY_NOTICES.md ./
# Where the data directory and the socket are; volumes take their owner from here.
RUN install -d -o node -g node -m 0700 /var/lib/uintrd /run/uintrd \
 && ln -s /opt/uintrd/bin/uintrctl.js /usr/local/bin/uintrctl
USER node
VOLUME /var/lib/uintrd
EXPOSE 7420
# Over the socket, which the daemon's own user alone can open.
ENV UINTRCTL_ENDPOINT=unix:/run/uintrd/socket
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "/opt/uintrd/bin/uintrctl.js", "whoami"]
ENTRYPOINT ["node", "/opt/uintrd/bin/uintrd.js"]
CMD ["--auth", "--data-dir", "/var/lib/uintrd", "--listen", "unix:/run/uintrd/socket"]
