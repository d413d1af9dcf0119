# The gateway, and beside it the command line with the simulated exchanges:
#   docker build -t exchange-stream .
#   docker run --init --rm -p 127.0.0.1:3000:3000 exchange-stream

ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
# Manifests first: dependencies are installed anew only when one of them changes.
COPY package.json package-lock.json ./
COPY libs/market-data/package.json libs/market-data/
COPY libs/exchange-stream/package.json libs/exchange-stream/
COPY libs/adapters/package.json libs/adapters/
COPY libs/simulator/package.json libs/simulator/
COPY apps/gateway/package.json apps/gateway/
COPY apps/cli/package.json apps/cli/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY libs libs
COPY apps apps
# What only building and debugging need stays behind in this stage; the compiler would stay as an optional peer.
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/typescript \
  && find libs apps -name node_modules -prune -o \
    \( -name src -o -name test -o -name 'tsconfig*.json' -o -name '*.tsbuildinfo' -o -name '*.d.ts' -o -name '*.map' \) \
    -prune -exec rm -rf {} +

FROM ${NODE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/libs libs
COPY --from=build /app/apps apps
COPY LICENSE ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/gateway/dist/main.js"]
