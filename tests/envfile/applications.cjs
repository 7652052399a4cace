// The applications' side of the tests: their loader (dotenvx) and their schema library (effect).
// Reads one request a line, answers one line each. The schema is written for the tests from the
// contract, with the constructors that the applications use for each kind.
'use strict'
const readline = require('node:readline')
const dotenvx = require('@dotenvx/dotenvx')
const Config = require('effect/Config')
const ConfigProvider = require('effect/ConfigProvider')
const Effect = require('effect/Effect')
const Either = require('effect/Either')
const S = require('effect/Schema')

const Domain = S.String.pipe(S.pattern(/^(?=.{1,253}$)(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+)$/i))
// As the monorepo's own: packages/common/schema, URLPath and EntityId.
const UrlPath = S.TemplateLiteral('/', S.String).pipe(
  S.pattern(/^\/(?:[\w\-.]+\/)*(?:[\w\-.]*)?(?:\?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*))?$/),
)
const UserId = S.TemplateLiteral(
  'user', '__', S.TemplateLiteral(S.String, '-', S.String, '-', S.String, '-', S.String, '-', S.String),
)
const ITEMS = {
  'csv of literal': (v) => Config.literal(...v.choices)(),
  'csv of url': () => Config.url(),
  'csv of user id': () => S.Config(undefined, UserId),
}

function ofServer(v) {
  if (v.choices.join() === 'true,false') return Config.boolean(v.name)
  switch (v.kind) {
    case 'string': return Config.string(v.name)
    case 'non-empty string': return Config.nonEmptyString(v.name)
    case 'literal': return Config.literal(...v.choices)(v.name)
    case 'port': return Config.port(v.name)
    case 'server log level': return Config.logLevel(v.name)
    case 'domain': return S.Config(v.name, Domain)
    case 'url':
    case 'otlp traces url':
    case 'otlp logs url':
    case 'otlp metrics url': return Config.url(v.name)
  }
  if (v.kind in ITEMS) return Config.array(ITEMS[v.kind](v), v.name)
  throw new Error(`no Config for the kind ${v.kind}`)
}

function ofClient(v) {
  switch (v.kind) {
    case 'string': return S.String
    case 'trimmed string': return S.NonEmptyTrimmedString
    case 'literal':
      return v.choices.join() === 'true,false' ? S.BooleanFromString : S.Literal(...v.choices)
    case 'url path': return UrlPath
    case 'url':
    case 'otlp traces url':
    case 'otlp logs url':
    case 'otlp metrics url': return S.URL
    case 'csv without blanks of literal':
      return S.compose(S.split(','), S.NonEmptyArray(S.Literal(...v.choices)))
  }
  throw new Error(`no Schema for the kind ${v.kind}`)
}

function withNeed(v, config) {
  const wrapped = v.secret ? Config.redacted(config) : config
  if (v.need === 'optional') return Config.option(wrapped)
  return v.default === null ? wrapped : Config.withDefault(wrapped, v.default)
}

// Answers null where the values are accepted, else what is wrong.
function refusal(variables, values) {
  const wanted = variables.filter((v) => v.side !== 'client').map((v) => withNeed(v, ofServer(v)))
  const provider = ConfigProvider.fromMap(new Map(Object.entries(values)), {
    pathDelim: '_', seqDelim: ',', // those of ConfigProvider.fromEnv
  })
  const server = Effect.runSync(Effect.either(provider.load(Config.all(wanted))))
  if (Either.isLeft(server)) return String(server.left)
  const fields = variables.filter((v) => v.side === 'client').map((v) => [v.name, ofClient(v)])
  const client = S.decodeUnknownEither(S.Struct(Object.fromEntries(fields)))(values)
  return Either.isLeft(client) ? client.left.message : null
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line)
  const values = request.values ?? dotenvx.parse(request.text, { processEnv: {} })
  const answer = request.variables ? refusal(request.variables, values) : values
  process.stdout.write(`${JSON.stringify(answer)}\n`)
})
