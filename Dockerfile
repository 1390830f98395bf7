# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY config ./config
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    OSTIARY_HTTP_HOST=0.0.0.0 \
    OSTIARY_DATA_DIR=/var/lib/ostiary/data \
    OSTIARY_KEYS_DIR=/var/lib/ostiary/keys
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/config/default.yaml ./config/default.yaml
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/src/cli/bin.js ./src/cli/bin.js
# Any user of group 0 runs it, as OpenShift wants it: the group has the owner's rights here.
RUN ln -s /app/src/cli/bin.js /usr/local/bin/ostiary && \
    install -d -o 1000 -g 0 -m 0770 /var/lib/ostiary
USER 1000:0
VOLUME /var/lib/ostiary
EXPOSE 3000
# Whether it lives, on the port of its settings. A store that is away is no reason to start it anew.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "--input-type=module", "-e", "import { loadSettings } from '/app/dist/config/load.js'; const { host, port } = loadSettings().settings.http; const at = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host; const { ok } = await fetch(`http://${at}:${port}/-/healthz`); process.exit(ok ? 0 : 1)"]
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=30", "--v8-pool-size=1", "dist/main.js"]
