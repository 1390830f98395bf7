import type { ServerResponse } from 'node:http'

/** Sends one JSON body. */
export function sendJson(response: ServerResponse, status: number, content: object): void {
  const body = Buffer.from(JSON.stringify(content))
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Content-Length', body.length)
  response.writeHead(status).end(body)
}
