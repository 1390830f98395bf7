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
    OSTIARY_HTTP_HOST=0.0.0.0 \
    OSTIARY_DATA_DIR=/var/lib/ostiary/data \
    OSTIARY_KEYS_DIR=/var/lib/ostiary/keys
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/config/default.yaml ./config/default.yaml
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/src/cli/bin.js ./src/cli/bin.js
RUN ln -s /app/src/cli/bin.js /usr/local/bin/ostiary && \
    install -d -o node -g node -m 0700 /var/lib/ostiary /var/lib/ostiary/data /var/lib/ostiary/keys
USER node
VOLUME /var/lib/ostiary
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/-/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=30", "dist/main.js"]
