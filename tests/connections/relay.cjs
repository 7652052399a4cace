// Ends TLS in front of a server that has none: node relay.cjs CERTIFICATE KEY PORT [postgres].
// Prints the port on which it listens. A client of Postgres has to ask for TLS first; one that does
// not is sent away, as by hostssl.
'use strict'
const fs = require('node:fs')
const net = require('node:net')
const tls = require('node:tls')
const [certificate, key, port, protocol] = process.argv.slice(2)
const options = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex')

function relay(socket) {
  const behind = net.connect(Number(port), '127.0.0.1')
  for (const end of [socket, behind]) end.on('error', () => { socket.destroy(); behind.destroy() })
  socket.pipe(behind).pipe(socket)
}
function asked(socket) {
  socket.on('error', () => {})
  socket.once('data', (request) => {
    if (!request.equals(SSL_REQUEST)) return socket.destroy()
    socket.write('S')
    relay(new tls.TLSSocket(socket, { isServer: true, ...options }))
  })
}
const server = protocol === 'postgres' ? net.createServer(asked) : tls.createServer(options, relay)
server.on('tlsClientError', () => {})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
