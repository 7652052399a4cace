// Connects with the applications' clients, from the variables that the contract gives them.
// The argument is a list of cases: variables that differ, and clients. Prints, for each case, what
// each client answered, or how it failed. Names of the private zone lead to this machine.
'use strict'
const dns = require('node:dns')
const lookup = dns.lookup
dns.lookup = (name, ...rest) => lookup(name.endsWith('.beep.internal') ? '127.0.0.1' : name, ...rest)
let e
const SQL = "SELECT current_user || ' ' || ('[1,2,3]'::vector <-> '[1,2,4]'::vector) AS answer"

async function withPool() {
  // As the API's own pool: from the single variables, `ssl` as a boolean.
  const pg = require('pg')
  const pool = new pg.Pool({
    host: e.DB_PG_HOST, port: Number(e.DB_PG_PORT), user: e.DB_PG_USER,
    password: e.DB_PG_PASSWORD, database: e.DB_PG_DATABASE, ssl: e.DB_PG_SSL === 'true',
  })
  try { return (await pool.query(SQL)).rows[0].answer } finally { await pool.end() }
}
async function withUrl() {
  // As the migrations: from the URL alone.
  const pg = require('pg')
  const client = new pg.Client({ connectionString: e.DB_PG_URL })
  try { await client.connect(); return (await client.query(SQL)).rows[0].answer } finally { await client.end() }
}
async function withIoredis() {
  const { Redis } = require('ioredis')
  const client = new Redis(e.KV_REDIS_URL, { lazyConnect: true, retryStrategy: null, connectTimeout: 3000, maxRetriesPerRequest: 0 })
  let reason
  client.on('error', (error) => { reason ??= error })
  try { await client.connect(); return await client.ping() } catch (error) { throw reason ?? error } finally { client.disconnect() }
}
async function withNodeRedis() {
  const client = require('redis').createClient({ url: e.KV_REDIS_URL, socket: { reconnectStrategy: false, connectTimeout: 3000 } })
  client.on('error', () => {})
  try { await client.connect(); return await client.ping() } finally { if (client.isOpen) client.destroy() }
}
async function main() {
  const all = { pool: withPool, url: withUrl, ioredis: withIoredis, redis: withNodeRedis }
  const cases = []
  for (const [changes, clients] of JSON.parse(process.argv[2])) {
    e = { ...process.env, ...changes }
    const answers = {}
    for (const name of clients) {
      answers[name] = await all[name]().catch((error) => `failed: ${error.code ?? error.message}`)
    }
    cases.push(answers)
  }
  console.log(JSON.stringify(cases))
}
// A client that failed may leave a timer behind; the answers are out.
main().then(() => process.exit(0))
