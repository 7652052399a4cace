/**
 * Written for the tests, in the style of the application's own schema: the whole contract.
 *
 * @example
 * const notRead = Config.string("IN_A_COMMENT")
 */
import { AuthProviderNameValue, EnvValue, LogFormat } from "@beep/constants";
import { DomainName, Email, Url } from "@beep/schema/primitives";
import { SharedEntityIds } from "@beep/shared-domain/entity-ids";
import * as A from "effect/Array";
import * as Config from "effect/Config";
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as F from "effect/Function";
import * as LogLevel from "effect/LogLevel";
import * as O from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as S from "effect/Schema";
import * as Str from "effect/String";

/** Helper that takes a name. */
export const originsFrom = <TName extends string>(name: TName) =>
  Config.hashSet(Config.url(), name).pipe(Config.map(F.flow(A.fromIterable, A.map((url) => url.origin))));

const NOT_SET = "PLACE_HOLDER";

/** Helper that wraps a config. */
const orPlaceholder = <T>(config: Config.Config<T>) => config.pipe(Config.withDefault(Redacted.make(NOT_SET)));

export const isNotSet = <T>(value: T) =>
  Redacted.isRedacted(value) ? Redacted.value(value) === NOT_SET : value === NOT_SET;

const App = Config.zipWith(
  Config.nested("APP")(
    Config.all({
      scheme: S.Config("ENV", EnvValue).pipe(Config.map((env) => (env === "dev" ? "http" : "https"))),
      // the same variable once more, with a default
      env: S.Config("ENV", EnvValue).pipe(Config.withDefault(EnvValue.Enum.dev)),
      name: Config.string("NAME"),
      root: Config.string("DOMAIN").pipe(Config.map((domain) => Str.split(":")(domain)[0])),
      domain: Config.string("DOMAIN").pipe(Config.withDefault("localhost")),
      admins: Config.array(S.Config("ADMIN_USER_IDS", SharedEntityIds.UserId)),
      logFormat: S.Config("LOG_FORMAT", LogFormat).pipe(Config.withDefault(LogFormat.Enum.pretty)),
      logLevel: Config.logLevel("LOG_LEVEL").pipe(Config.withDefault(LogLevel.None)),
      mcp: Config.url("MCP_URL"),
      authUrl: Config.url("AUTH_URL"),
      host: Config.string("API_HOST"),
      clientUrl: Config.url("CLIENT_URL"),
      api: Config.nested("API")(
        Config.all({
          url: Config.url("URL"),
          port: Config.port("PORT"),
          host: Config.nonEmptyString("HOST"),
        })
      ),
    })
  ),
  Config.nested("VERCEL")(
    Config.all({
      production: Config.option(S.Config("PROJECT_PRODUCTION_URL", DomainName)),
      env: Config.option(Config.literal("production", "preview", "development", "staging")("ENV")),
      url: Config.option(S.Config("URL", DomainName)),
    })
  ),
  (app, vercel) => {
    const production = F.pipe(
      vercel.production,
      O.match({ onNone: () => app.clientUrl, onSome: (url) => Url.make(`https://${url}`) })
    );
    return { ...app, production };
  }
);

export const ServerConfig = Config.all({
  app: App,
  productionUrl: Config.option(S.Config("VERCEL_PROJECT_PRODUCTION_URL", DomainName)),
  auth: Config.all({ secret: Config.redacted(Config.nonEmptyString("BETTER_AUTH_SECRET")) }),
  alchemy: Config.nested("ALCHEMY")(Config.all({ password: Config.redacted("PASSWORD") })),
  live: Config.all({
    key: Config.redacted(Config.nonEmptyString("LIVEBLOCKS_SECRET_KEY")).pipe(orPlaceholder),
  }),
  cloud: Config.nested("CLOUD")(
    Config.all({
      aws: Config.nested("AWS")(
        Config.all({
          region: Config.nonEmptyString("REGION").pipe(Config.withDefault("us-east-1")),
          id: Config.redacted(Config.nonEmptyString("ACCESS_KEY_ID")).pipe(orPlaceholder),
          key: Config.redacted(Config.nonEmptyString("SECRET_ACCESS_KEY")).pipe(orPlaceholder),
          s3: Config.nested("S3")(Config.all({ bucket: Config.nonEmptyString("BUCKET_NAME") })),
        })
      ),
      captcha: Config.nested("GOOGLE")(
        Config.nested("CAPTCHA")(
          Config.all({
            site: Config.redacted(Config.nonEmptyString("SITE_KEY")).pipe(orPlaceholder),
            key: Config.redacted(Config.nonEmptyString("SECRET_KEY")).pipe(orPlaceholder),
          })
        )
      ),
    })
  ),
  db: Config.nested("DB")(
    Config.nested("PG")(
      Config.all({
        url: Config.redacted(Config.nonEmptyString("URL")),
        ssl: Config.boolean("SSL").pipe(Config.withDefault(false)),
        port: Config.port("PORT").pipe(Config.withDefault(5432)),
        user: Config.nonEmptyString("USER").pipe(Config.withDefault("postgres")),
        password: Config.redacted(Config.nonEmptyString("PASSWORD")),
        host: Config.nonEmptyString("HOST").pipe(Config.withDefault("localhost")),
        database: Config.nonEmptyString("DATABASE").pipe(Config.withDefault("postgres")),
      })
    )
  ),
  stripe: Config.nested("PAYMENT")(
    Config.nested("STRIPE")(
      Config.all({
        key: Config.redacted(Config.nonEmptyString("KEY")).pipe(orPlaceholder),
        webhook: Config.redacted(Config.nonEmptyString("WEBHOOK_SECRET")).pipe(orPlaceholder),
      })
    )
  ),
  email: Config.nested("EMAIL")(
    Config.all({
      from: Config.succeed(Email.make("noreply@example.com")),
      test: Config.succeed(Email.make("test@example.com")),
      resend: Config.nested("RESEND")(
        Config.all({ key: Config.redacted(Config.nonEmptyString("API_KEY")).pipe(orPlaceholder) })
      ),
    })
  ),
  kv: Config.nested("KV")(
    Config.nested("REDIS")(
      Config.all({
        url: Config.nonEmptyString("URL"),
        port: Config.port("PORT").pipe(Config.withDefault(6379)),
        password: Config.redacted(Config.nonEmptyString("PASSWORD")),
      })
    )
  ),
  marketing: Config.nested("MARKETING")(
    Config.nested("DUB")(
      Config.all({ token: Config.redacted(Config.nonEmptyString("TOKEN")).pipe(orPlaceholder) })
    )
  ),
  upload: Config.nested("UPLOADTHING")(
    Config.all({ secret: Config.redacted(Config.nonEmptyString("SECRET")).pipe(orPlaceholder) })
  ),
  oauth: Config.nested("OAUTH")(
    Config.all({
      names: Config.array(S.Config("PROVIDER_NAMES", AuthProviderNameValue)),
      provider: Config.nested("PROVIDER")(
        Config.all({
          microsoft: Config.nested("MICROSOFT")(
            Config.all({
              id: Config.redacted(Config.nonEmptyString("CLIENT_ID")).pipe(Config.option),
              secret: Config.redacted(Config.nonEmptyString("CLIENT_SECRET")).pipe(Config.option),
              tenant: Config.redacted(Config.nonEmptyString("TENANT_ID")).pipe(Config.option),
            })
          ),
          google: Config.nested("GOOGLE")(
            Config.all({
              id: Config.redacted(Config.nonEmptyString("CLIENT_ID")).pipe(Config.option),
              secret: Config.redacted(Config.nonEmptyString("CLIENT_SECRET")).pipe(Config.option),
            })
          ),
          discord: Config.nested("DISCORD")(
            Config.all({
              id: Config.redacted(Config.nonEmptyString("CLIENT_ID")).pipe(Config.option),
              secret: Config.redacted(Config.nonEmptyString("CLIENT_SECRET")).pipe(Config.option),
            })
          ),
          github: Config.nested("GITHUB")(
            Config.all({
              id: Config.redacted(Config.nonEmptyString("CLIENT_ID")).pipe(Config.option),
              secret: Config.redacted(Config.nonEmptyString("CLIENT_SECRET")).pipe(Config.option),
            })
          ),
          linkedin: Config.nested("LINKEDIN")(
            Config.all({
              id: Config.redacted(Config.nonEmptyString("CLIENT_ID")).pipe(Config.option),
              secret: Config.redacted(Config.nonEmptyString("CLIENT_SECRET")).pipe(Config.option),
            })
          ),
          twitter: Config.nested("TWITTER")(
            Config.all({
              id: Config.redacted(Config.nonEmptyString("CLIENT_ID")).pipe(Config.option),
              secret: Config.redacted(Config.nonEmptyString("CLIENT_SECRET")).pipe(Config.option),
            })
          ),
        })
      ),
    })
  ),
  otlp: Config.nested("OTLP")(
    Config.all({
      traces: Config.url("TRACE_EXPORTER_URL"),
      logs: Config.url("LOG_EXPORTER_URL"),
      metrics: Config.url("METRIC_EXPORTER_URL"),
    })
  ),
  security: Config.nested("SECURITY")(Config.all({ origins: originsFrom("TRUSTED_ORIGINS") })),
  isVite: Config.boolean("IS_VITE").pipe(Config.withDefault(false)),
  ai: Config.nested("AI")(
    Config.all({
      openai: Config.nested("OPENAI")(
        Config.all({ key: Config.redacted(Config.nonEmptyString("API_KEY")).pipe(orPlaceholder) })
      ),
      anthropic: Config.nested("ANTHROPIC")(
        Config.all({ key: Config.redacted(Config.nonEmptyString("API_KEY")).pipe(orPlaceholder) })
      ),
    })
  ),
});

const provider = ConfigProvider.fromEnv().pipe(ConfigProvider.constantCase);
const loading = provider.load(ServerConfig);

export const serverEnv = Effect.runSync(loading);
