/** Written for the tests, in the style of the application's own schema: the whole contract. */
"use client";
import { AuthProviderNameValue, EnvValue, LogFormat, LogLevel } from "@beep/constants";
import { BS } from "@beep/schema";
import * as Either from "effect/Either";
import * as F from "effect/Function";
import { TreeFormatter } from "effect/ParseResult";
import * as S from "effect/Schema";
import * as Str from "effect/String";

const ProviderNames = BS.destructiveTransform((text: string) =>
  S.decodeUnknownSync(S.NonEmptyArray(AuthProviderNameValue))(Str.split(",")(text))
)(S.String);

const ClientSchema = S.Struct({
  env: EnvValue,
  name: S.NonEmptyTrimmedString,
  domain: S.NonEmptyTrimmedString,
  providers: ProviderNames,
  appUrl: BS.Url,
  apiUrl: BS.Url,
  traces: BS.Url,
  logs: BS.Url,
  metrics: BS.Url,
  logLevel: LogLevel,
  logFormat: LogFormat,
  captcha: S.Redacted(S.String),
  authUrl: BS.Url,
  authPath: BS.URLPath,
  google: S.String,
  geo: S.BooleanFromString,
});

declare namespace ClientSchema {
  export type Type = S.Schema.Type<typeof ClientSchema>;
  export type Encoded = S.Schema.Encoded<typeof ClientSchema>;
}

export const clientEnv = F.pipe(
  {
    env: process.env.NEXT_PUBLIC_ENV,
    name: process.env.NEXT_PUBLIC_APP_NAME,
    domain: process.env.NEXT_PUBLIC_APP_DOMAIN,
    providers: process.env.NEXT_PUBLIC_AUTH_PROVIDER_NAMES,
    appUrl: process.env.NEXT_PUBLIC_APP_URL,
    apiUrl: process.env.NEXT_PUBLIC_API_URL,
    traces: process.env.NEXT_PUBLIC_OTLP_TRACE_EXPORTER_URL,
    logs: process.env.NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL,
    metrics: process.env.NEXT_PUBLIC_OTLP_METRIC_EXPORTER_URL,
    logLevel: process.env.NEXT_PUBLIC_LOG_LEVEL,
    logFormat: process.env.NEXT_PUBLIC_LOG_FORMAT,
    captcha: process.env.NEXT_PUBLIC_CAPTCHA_SITE_KEY,
    authUrl: process.env.NEXT_PUBLIC_AUTH_URL,
    authPath: process.env.NEXT_PUBLIC_AUTH_PATH,
    google: process.env.NEXT_PUBLIC_GOOGLE_CLIENT_ID,
    geo: process.env.NEXT_PUBLIC_ENABLE_GEO_TRACKING,
  } satisfies Record<keyof ClientSchema.Encoded, unknown>,
  S.decodeUnknownEither(ClientSchema),
  Either.getOrElse((issue) => {
    throw new Error(TreeFormatter.formatErrorSync(issue));
  })
);
