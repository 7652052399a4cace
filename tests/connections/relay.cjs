// Ends TLS in front of a Redis server that has none: node relay.cjs CERTIFICATE KEY REDIS_PORT.
// Prints the port on which it listens.
'use strict'
const fs = require('node:fs')
const net = require('node:net')
const tls = require('node:tls')
const [certificate, key, redis] = process.argv.slice(2)
const options = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }
const server = tls.createServer(options, (socket) => {
  const behind = net.connect(Number(redis), '127.0.0.1')
  for (const end of [socket, behind]) end.on('error', () => { socket.destroy(); behind.destroy() })
  socket.pipe(behind).pipe(socket)
})
server.on('tlsClientError', () => {})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
