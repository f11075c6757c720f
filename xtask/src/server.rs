//! A small static server: `dist/` at 127.0.0.1.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::UNIX_EPOCH;

use anyhow::{Result, anyhow, bail};
use tiny_http::{Header, Method, Request, Response, StatusCode};

/// Requests answered side by side.
const THREADS: usize = 4;

/// A port that is ours, and soon a server.
pub(crate) struct Server {
    http: Arc<tiny_http::Server>,
    address: SocketAddr,
}

impl Server {
    /// Takes a port; 0 means any free one.
    ///
    /// # Errors
    /// When the port is in use or not ours to use.
    pub(crate) fn bind(port: u16) -> Result<Self> {
        let http = tiny_http::Server::http(("127.0.0.1", port)).map_err(|error| {
            let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
            match kind {
                Some(std::io::ErrorKind::AddrInUse) => anyhow!(
                    "Port {port} is in use: end the program that uses it, or choose another with `--port {}`.",
                    other_port(port)
                ),
                Some(std::io::ErrorKind::PermissionDenied) => {
                    anyhow!("Port {port} is reserved for the system: choose another with `--port 8080`.")
                }
                _ => anyhow!("Port {port} cannot be used ({error}): choose another with `--port`."),
            }
        })?;
        let Some(address) = http.server_addr().to_ip() else { bail!("The server has no address.") };
        Ok(Self { http: Arc::new(http), address })
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts to answer; the threads run until the process ends.
    pub(crate) fn serve(&self, root: &Path) -> Vec<JoinHandle<()>> {
        let start = |_| {
            let (http, root) = (Arc::clone(&self.http), root.to_path_buf());
            thread::spawn(move || {
                for request in http.incoming_requests() {
                    answer(request, &root);
                }
            })
        };
        (0..THREADS).map(start).collect()
    }
}

/// A port to propose in place of one that is taken.
fn other_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(8080)
}

fn answer(request: Request, root: &Path) {
    // A client that goes away before the end is no concern of ours.
    let _ = match respond(&request, root) {
        Answer::File(response) => request.respond(response),
        Answer::Status(code) => {
            let text = StatusCode(code).default_reason_phrase();
            request.respond(Response::from_string(text).with_status_code(code))
        }
        Answer::Unchanged(etag) => request.respond(Response::empty(304).with_header(header("ETag", &etag))),
    };
}

enum Answer {
    File(Response<File>),
    Unchanged(String),
    Status(u16),
}

fn respond(request: &Request, root: &Path) -> Answer {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return Answer::Status(405);
    }
    let Some(path) = local_path(request.url()) else { return Answer::Status(404) };
    let mut path = root.join(path);
    if path.is_dir() {
        path.push("index.html");
    }
    let (Ok(file), Ok(metadata)) = (File::open(&path), fs::metadata(&path)) else { return Answer::Status(404) };
    let etag = etag(&metadata);
    let known = request.headers().iter().find(|header| header.field.equiv("If-None-Match"));
    if known.is_some_and(|known| known.value.as_str() == etag) {
        return Answer::Unchanged(etag);
    }
    let headers = [
        header("Content-Type", content_type(&path)),
        // Names without a hash, such as the worker's, may change their content: always ask, mostly hear 304.
        header("Cache-Control", "no-cache"),
        header("ETag", &etag),
        header("X-Content-Type-Options", "nosniff"),
    ];
    // Never in chunks: the page's progress bar needs the length.
    let response = Response::from_file(file).with_chunked_threshold(usize::MAX);
    Answer::File(headers.into_iter().fold(response, Response::with_header))
}

fn header(name: &str, value: &str) -> Header {
    Header::from_str(&format!("{name}: {value}")).unwrap_or_else(|()| unreachable!("headers here are plain ASCII"))
}

fn etag(metadata: &fs::Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("\"{:x}-{:x}\"", metadata.len(), modified.map_or(0, |time| time.as_nanos()))
}

/// The file that a request asks for, relative to the root; nothing for a path that would leave it or is hidden.
fn local_path(url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode(path.strip_prefix('/')?)?;
    let allowed = |part: &str| !part.starts_with('.') && !part.contains(['\\', ':', '\0']);
    path.split('/').all(allowed).then(|| path.split('/').filter(|part| !part.is_empty()).collect())
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|kind| kind.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "gz" => "application/gzip",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn paths_stay_inside_the_root() {
        assert_eq!(local_path("/"), Some(PathBuf::new()));
        assert_eq!(local_path("/assets/a%20b.js?v=1#x"), Some("assets/a b.js".into()));
        for outside in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/a/../../b", "/.build.json", "/a\\..\\b", "/%", "x"] {
            assert_eq!(local_path(outside), None, "{outside}");
        }
        assert_eq!(local_path("//etc/passwd"), Some("etc/passwd".into()));
    }

    #[test]
    fn browsers_are_told_what_a_file_is() {
        assert_eq!(content_type(Path::new("a_bg.wasm")), "application/wasm");
        assert_eq!(content_type(Path::new("loader.js")), "text/javascript; charset=utf-8");
    }

    #[test]
    fn a_taken_port_gets_one_sentence_with_the_remedy() {
        let first = Server::bind(0).expect("a free port");
        let second = Server::bind(first.address.port());
        let message = second.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("is in use") && message.contains("--port"), "{message}");
    }

    fn get(server: &Server, request: &str) -> String {
        let mut stream = TcpStream::connect(server.address).expect("connect");
        write!(stream, "{request}\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("send");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("receive");
        answer
    }

    #[test]
    fn files_come_with_a_tag_and_are_not_sent_twice() {
        let server = Server::bind(0).expect("a free port");
        server.serve(&crate::project::root().join("xtask"));
        let first = get(&server, "GET /Cargo.toml HTTP/1.1");
        assert!(first.starts_with("HTTP/1.1 200") && first.contains("name = \"xtask\""), "{first}");
        let tag = first.lines().find_map(|line| line.strip_prefix("ETag: ")).expect("an ETag");
        let second = get(&server, &format!("GET /Cargo.toml HTTP/1.1\r\nIf-None-Match: {tag}"));
        assert!(second.starts_with("HTTP/1.1 304"), "{second}");
        assert!(get(&server, "GET /missing HTTP/1.1").starts_with("HTTP/1.1 404"));
        assert!(get(&server, "POST /Cargo.toml HTTP/1.1").starts_with("HTTP/1.1 405"));
    }
}
