# A Next.js application of the monorepo: APP is its folder below apps. The monorepo's root is the
# build context. Needs BuildKit.
# There is no HEALTHCHECK: Cloud Run does not read one, its probes are in the stack services.
# No ARG is a secret: what is in NEXT_PUBLIC_* is compiled into what every browser loads, so each
# environment has an image of its own. The values: beep-infra env build-args APP --env ENV.

FROM oven/bun:1.3.8@sha256:371d30538b69303ced927bb5915697ac7e2fa8cb409ee332c66009de64de5aa3 AS bun

FROM node:24-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS base
COPY --from=bun /usr/local/bin/bun /usr/local/bin/bun
RUN ln -s bun /usr/local/bin/bunx

FROM base AS prune
ARG APP
WORKDIR /source
COPY . .
# Nothing is installed yet, so the version is named: the one that the root's package.json begins at.
RUN bunx turbo@2.6.2 prune "@beep/${APP}" --docker

FROM base AS build
ARG APP
WORKDIR /app
# Manifests first: the layer of the packages stays while only sources change.
COPY --from=prune /source/out/json/ ./
# The whole lockfile: Bun rejects what turbo cuts out of it (simstudioai/sim pull request 4323), and
# Turbopack looks for one to find the root. It names workspaces that are not here, so it cannot be
# frozen; no version in it is resolved again.
COPY --from=prune /source/bun.lock ./
RUN bun install
COPY --from=prune /source/out/full/ ./
# An ARG without a value is not set at all; the client's schema then refuses the build.
ARG NEXT_PUBLIC_API_URL
ARG NEXT_PUBLIC_APP_CLIENT_URL
ARG NEXT_PUBLIC_APP_DOMAIN
ARG NEXT_PUBLIC_APP_NAME
ARG NEXT_PUBLIC_APP_URL
ARG NEXT_PUBLIC_AUTH_PATH
ARG NEXT_PUBLIC_AUTH_PROVIDER_NAMES
ARG NEXT_PUBLIC_AUTH_URL
ARG NEXT_PUBLIC_CAPTCHA_SITE_KEY
ARG NEXT_PUBLIC_ENABLE_GEO_TRACKING
ARG NEXT_PUBLIC_ENV
ARG NEXT_PUBLIC_GOOGLE_CLIENT_ID
ARG NEXT_PUBLIC_LOG_FORMAT
ARG NEXT_PUBLIC_LOG_LEVEL
ARG NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL
ARG NEXT_PUBLIC_OTLP_METRIC_EXPORTER_URL
ARG NEXT_PUBLIC_OTLP_TRACE_EXPORTER_URL
ARG NEXT_PUBLIC_STATIC_URL
# --env-mode=loose: turbo would drop what its configuration does not declare.
RUN NEXT_TELEMETRY_DISABLED=1 bunx turbo run build --filter="@beep/${APP}" --env-mode=loose

FROM node:24-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
ARG APP
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
# next is in the one or the other, as Bun installs it.
ENV PATH="/app/apps/${APP}/node_modules/.bin:/app/node_modules/.bin:${PATH}"
# Owned by root: the server can change none of its own code.
COPY --from=build /app /app
WORKDIR /app/apps/${APP}
# The one place that Next.js writes to: optimized pictures, and pages that are rendered again.
RUN install --directory --owner=1000 --group=1000 .next/cache
# The user "node" of the base image.
USER 1000:1000
LABEL org.opencontainers.image.title="beep-${APP}"
# Not the script "start", which reads ../../.env. Next.js listens on PORT, and 3000 without it.
CMD ["next", "start"]
