# The API: apps/server of the monorepo, whose root is the build context. Needs BuildKit.
# There is no HEALTHCHECK: Cloud Run does not read one, its probes are in the stack services.
# No ARG is a secret, and this image has none at all: it is the same for every environment.

FROM oven/bun:1.3.8@sha256:371d30538b69303ced927bb5915697ac7e2fa8cb409ee332c66009de64de5aa3 AS prune
WORKDIR /source
COPY . .
# Nothing is installed yet, so the version is named: the one that the root's package.json begins at.
RUN bunx turbo@2.6.2 prune @beep/server --docker

FROM oven/bun:1.3.8@sha256:371d30538b69303ced927bb5915697ac7e2fa8cb409ee332c66009de64de5aa3 AS build
WORKDIR /app
# Manifests first: the layer of the packages stays while only sources change.
COPY --from=prune /source/out/json/ ./
# The whole lockfile: Bun rejects what turbo cuts out of it (simstudioai/sim pull request 4323). It
# names workspaces that are not here, so it cannot be frozen; no version in it is resolved again.
COPY --from=prune /source/bun.lock ./
RUN bun install
COPY --from=prune /source/out/full/ ./
RUN bunx turbo run build --filter=@beep/server --env-mode=loose

FROM oven/bun:1.3.8-slim@sha256:68fc2eac7f5dcfc2f69a81d1db02786ab08772eda2e4404eae785c038f8d2e41
ENV NODE_ENV=production
# Owned by root: the server can change none of its own code.
COPY --from=build /app /app
WORKDIR /app/apps/server
# The user "bun" of the base image.
USER 1000:1000
LABEL org.opencontainers.image.title="beep-api"
# Not the script "start", which reads ../../.env. The server listens on APP_API_PORT.
CMD ["bun", "build/esm/server.js"]
