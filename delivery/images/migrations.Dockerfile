# The migrations: packages/_internal/db-admin of the monorepo, whose root is the build context. Its
# second context, "delivery", is the folder of this file. Needs BuildKit.
# There is no HEALTHCHECK: a job of Cloud Run has none.
# No ARG is a secret, and this image has none at all: it is the same for every environment.

FROM oven/bun:1.3.8@sha256:371d30538b69303ced927bb5915697ac7e2fa8cb409ee332c66009de64de5aa3 AS bun

# drizzle-kit and tsx run on Node.
FROM node:24-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS base
COPY --from=bun /usr/local/bin/bun /usr/local/bin/bun
RUN ln -s bun /usr/local/bin/bunx

FROM base AS prune
WORKDIR /source
COPY . .
# Nothing is installed yet, so the version is named: the one that the root's package.json begins at.
RUN bunx turbo@2.6.2 prune @beep/db-admin --docker

FROM base AS install
WORKDIR /app
COPY --from=prune /source/out/json/ ./
# The whole lockfile: Bun rejects what turbo cuts out of it (simstudioai/sim pull request 4323). It
# names workspaces that are not here, so it cannot be frozen; no version in it is resolved again.
COPY --from=prune /source/bun.lock ./
# With what is for development: drizzle-kit and tsx are.
RUN bun install
COPY --from=prune /source/out/full/ ./
WORKDIR /app/packages/_internal/db-admin
# drizzle takes no lock (drizzle-team/drizzle-orm issue 874), so two jobs at once would run the same
# statements. The script itself takes it, so that nobody runs the migrations without.
# hadolint ignore=DL3022
COPY --from=delivery with-lock.mjs use-lock.mjs ./
RUN node use-lock.mjs

FROM base
ENV NODE_ENV=production
COPY --from=install /app /app
WORKDIR /app
# The user "node" of the base image.
USER 1000:1000
LABEL org.opencontainers.image.title="beep-migrations"
CMD ["bun", "run", "--cwd", "packages/_internal/db-admin", "db:migrate"]
