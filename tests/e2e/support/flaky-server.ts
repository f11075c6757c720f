import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a request is answered in place of the right answer. */
export type Fault = (response: ServerResponse) => void;

/** What a school's filter or a network's sign-in page sends in place of any file. */
export const filterPage: Fault = (response) => {
  response.writeHead(200, { "content-type": "text/html", "cache-control": "max-age=3600" });
  response.end("<!doctype html><title>Blocked</title><h1>This page is blocked.</h1>");
};

/** What a server sends when it is overloaded. */
export const unavailable: Fault = (response) => void response.writeHead(503).end("Service unavailable");

/** A server that takes the request and never answers. */
export const silence: Fault = () => undefined;

/** A server that passes the built page on, except for the faults that a test sets. */
export class FlakyServer {
  /** The first one whose pattern matches a request's path decides. */
  faults: [path: RegExp, fault: Fault][] = [];

  private constructor(
    private readonly server: Server,
    /** The address of the server behind this one. */
    readonly behind: string,
    readonly url: string,
  ) {}

  /** Starts a server in front of the one at this address. */
  static async start(behind: string): Promise<FlakyServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const flaky = new FlakyServer(server, behind, `http://127.0.0.1:${port}/`);
    server.on("request", async ({ url = "/" }, response: ServerResponse) => {
      const fault = flaky.faults.find(([path]) => path.test(url))?.[1];
      if (fault) return fault(response);
      const answer = await fetch(new URL(url, behind));
      const type = answer.headers.get("content-type") ?? "application/octet-stream";
      response.writeHead(answer.status, { "content-type": type, "cache-control": "no-cache" });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    return flaky;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
